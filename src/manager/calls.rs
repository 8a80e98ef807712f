//! Several calls to storage side by side. Written out rather than taken from a library: boxed and in one place, it is a
//! small part of the code that general combinators bring with them.

use std::{future::poll_fn, pin::Pin, task::Poll};

use super::PersistenceError;

/// A call to storage, made when it is first polled.
pub(super) type Call<'a, E> = Pin<Box<dyn Future<Output = Result<(), PersistenceError<E>>> + 'a>>;

/// Makes the calls in this order, waits for all of them, and gives what went wrong.
pub(super) async fn all<E>(mut calls: Vec<Call<'_, E>>) -> Vec<PersistenceError<E>> {
    let mut failures = Vec::new();
    poll_fn(|context| {
        calls.retain_mut(|call| match call.as_mut().poll(context) {
            Poll::Pending => true,
            Poll::Ready(result) => {
                failures.extend(result.err());
                false
            }
        });
        if calls.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    failures
}
