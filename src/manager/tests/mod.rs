mod failing;
mod flushing;
mod hosting;
mod support;
