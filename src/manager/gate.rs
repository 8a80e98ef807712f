//! Turns at a channel's storage: one at a time, in the order of asking.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    task::{Poll, Waker},
};

/// Hands out one [`Turn`] at a time.
#[derive(Debug, Default)]
pub(super) struct Gate {
    taken: Cell<bool>,
    waiting: RefCell<Vec<Waker>>,
}

/// The right to use the storage until it is dropped.
#[derive(Debug)]
pub(super) struct Turn<'a>(&'a Gate);

impl Gate {
    /// Waits for a turn, or until somebody else's turn has made it needless: then `None`.
    pub async fn turn_unless(&self, needless: impl Fn() -> bool) -> Option<Turn<'_>> {
        poll_fn(|context| {
            if needless() {
                Poll::Ready(None)
            } else if self.taken.replace(true) {
                self.waiting.borrow_mut().push(context.waker().clone());
                Poll::Pending
            } else {
                Poll::Ready(Some(Turn(self)))
            }
        })
        .await
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.taken.set(false);
        // All are woken, in order: the turn may have made many needless.
        for waker in self.0.waiting.take() {
            waker.wake();
        }
    }
}
