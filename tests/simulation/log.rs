//! What went wrong in a run, and, when one is replayed, what happened in it.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

/// Shared by all parts of a run.
#[derive(Debug, Clone, Default)]
pub struct Log(Rc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    now: Cell<u64>,
    is_traced: bool,
    violations: RefCell<Vec<String>>,
}

impl Log {
    /// One that prints what happens.
    pub fn traced() -> Self {
        Self(Rc::new(Inner { is_traced: true, ..Inner::default() }))
    }

    pub fn set_now(&self, now: u64) {
        self.0.now.set(now);
    }

    pub fn line(&self, who: &str, text: impl FnOnce() -> String) {
        if self.0.is_traced {
            println!("{:>7} {who:<4} {}", self.0.now.get(), text());
        }
    }

    /// A check has failed.
    pub fn violation(&self, who: &str, text: String) {
        self.line(who, || format!("VIOLATION: {text}"));
        let now = self.0.now.get();
        self.0.violations.borrow_mut().push(format!("at {now}, {who}: {text}"));
    }

    pub fn check(&self, holds: bool, who: &str, text: impl FnOnce() -> String) {
        if !holds {
            self.violation(who, text());
        }
    }

    pub fn violations(&self) -> Vec<String> {
        self.0.violations.borrow().clone()
    }
}
