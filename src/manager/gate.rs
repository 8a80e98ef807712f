//! Turns at a channel's storage: one at a time, in the order of asking.

use std::{
    cell::RefCell,
    collections::VecDeque,
    pin::Pin,
    task::{Context, Poll, Waker},
};

/// Hands out one [`Turn`] at a time. Nobody overtakes: who asks while others wait stands behind them.
#[derive(Debug, Default)]
pub(super) struct Gate(RefCell<Line>);

#[derive(Debug, Default)]
struct Line {
    taken: bool,
    next: u64,
    /// Those who wait, with the numbers of their places, which grow.
    waiting: VecDeque<(u64, Waker)>,
}

/// The right to use the storage until it is dropped.
#[derive(Debug)]
pub(super) struct Turn<'a>(&'a Gate);

/// A place in the line.
struct Place<'a, F> {
    gate: &'a Gate,
    needless: F,
    number: Option<u64>,
}

impl Gate {
    /// Waits for a turn, or until somebody else's turn has made it needless: then `None`.
    pub fn turn_unless<'a>(
        &'a self,
        needless: impl Fn() -> bool + Unpin + 'a,
    ) -> impl Future<Output = Option<Turn<'a>>> + 'a {
        Place { gate: self, needless, number: None }
    }

    /// Wakes all that wait, in order: the first may have its turn, and any may find that it needs none.
    fn wake(&self) {
        let waiting: Vec<_> = self.0.borrow().waiting.iter().map(|(_, waker)| waker.clone()).collect();
        waiting.into_iter().for_each(Waker::wake);
    }
}

impl Line {
    /// Takes the gate if it is free and nobody stands before this place.
    fn take(&mut self, place: Option<u64>) -> bool {
        let first = self.waiting.front().map(|(number, _)| *number);
        let free = !self.taken && (first.is_none() || first == place);
        self.taken |= free;
        free
    }

    fn stand(&mut self, place: Option<u64>, waker: Waker) -> u64 {
        if let Some((number, waiting)) = self.find(place).and_then(|index| self.waiting.get_mut(index)) {
            *waiting = waker;
            return *number;
        }
        let number = self.next;
        self.next = number.saturating_add(1);
        self.waiting.push_back((number, waker));
        number
    }

    fn leave(&mut self, place: Option<u64>) {
        if let Some(index) = self.find(place) {
            self.waiting.remove(index);
        }
    }

    fn find(&self, place: Option<u64>) -> Option<usize> {
        self.waiting.binary_search_by_key(&place?, |(number, _)| *number).ok()
    }
}

impl<'a, F: Fn() -> bool + Unpin> Future for Place<'a, F> {
    type Output = Option<Turn<'a>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if (self.needless)() {
            return Poll::Ready(None);
        }
        let gate = self.gate;
        let mut line = gate.0.borrow_mut();
        if line.take(self.number) {
            line.leave(self.number.take());
            return Poll::Ready(Some(Turn(gate)));
        }
        self.number = Some(line.stand(self.number, context.waker().clone()));
        Poll::Pending
    }
}

/// Leaving the line without a turn lets the next move up.
impl<F> Drop for Place<'_, F> {
    fn drop(&mut self) {
        if self.number.is_some() {
            self.gate.0.borrow_mut().leave(self.number);
            self.gate.wake();
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.0.borrow_mut().taken = false;
        self.0.wake();
    }
}
