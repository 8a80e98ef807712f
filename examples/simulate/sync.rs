//! When to send sync messages: the schedule of js/channel/sync.js, in virtual time.

use fastrand::Rng;
use sds_wasm::protocol::Millis;

/// A timer that runs out at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timer {
    Regular,
    Early,
}

#[derive(Debug)]
pub struct SyncSchedule {
    interval: Millis,
    regular: Millis,
    /// The next run of the regular timer, at `regular` or before: it is put off much more often than it runs out.
    next_run: Option<Millis>,
    /// What it hurries for, and when.
    early: Option<(Millis, Millis)>,
}

impl SyncSchedule {
    pub fn new(interval: Millis) -> Self {
        Self { interval, regular: 0, next_run: None, early: None }
    }

    pub fn hurries(&self) -> bool {
        self.early.is_some()
    }

    /// Somebody has just told what we could tell. Returns when to call [`runs_out`](Self::runs_out), if that is new.
    pub fn restart(&mut self, now: Millis, rng: &mut Rng) -> Option<Millis> {
        self.regular = now + self.part(1.0 + rng.f64());
        self.run_at(self.regular)
    }

    fn run_at(&mut self, at: Millis) -> Option<Millis> {
        if self.next_run.is_some_and(|next| next <= at) {
            return None;
        }
        self.next_run = Some(at);
        self.next_run
    }

    /// There is something to ask for at `at`: a request needs a message to travel with. Returns when to call
    /// [`runs_out`](Self::runs_out), if that is new.
    pub fn hurry(&mut self, at: Millis, now: Millis, rng: &mut Rng) -> Option<Millis> {
        if self.early.is_some_and(|(earlier, _)| earlier <= at) {
            return None;
        }
        let end = at.max(now) + self.part(rng.f64() / 4.0);
        self.early = Some((at, end));
        Some(end)
    }

    /// Whether a timer has run out now. If not, it may have to be looked at again later.
    pub fn runs_out(&mut self, timer: Timer, now: Millis) -> Result<(), Option<Millis>> {
        let has_run_out = match timer {
            Timer::Early => self.early.is_some_and(|(_, end)| end == now),
            Timer::Regular if self.next_run != Some(now) => false,
            Timer::Regular => {
                self.next_run = None;
                if self.regular > now {
                    return Err(self.run_at(self.regular));
                }
                true
            }
        };
        if has_run_out { Ok(()) } else { Err(None) }
    }

    pub fn calm(&mut self) {
        self.early = None;
    }

    fn part(&self, share: f64) -> Millis {
        (self.interval as f64 * share) as Millis
    }
}
