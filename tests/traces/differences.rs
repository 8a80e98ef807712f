//! Where ours differs from nim-sds, and why.
//!
//! Rules of ours that no trace comes across: a dependency is asked for again after `repairTMax` (nim-sds asks once),
//! and a message that was evicted satisfies a dependency (nim-sds asks for it).

use crate::outcome::Aspect::{self, *};

pub struct Rule {
    pub name: &'static str,
    pub reason: &'static str,
}

const PARENTS_FIRST: Rule = Rule {
    name: "parents first",
    reason: "a message is told ready after its dependencies, siblings in the order of the history. nim-sds tells the \
             message that came last, for which all others waited, last, and siblings in the order of a hash table",
};

const HISTORY_ORDER: Rule = Rule {
    name: "order of the history",
    reason: "the history is ordered by (Lamport timestamp, message id), so that it is the same for everybody. That of \
             nim-sds has the order of delivery. What is sent after that depends on the newest in either order",
};

const EVICTION: Rule = Rule {
    name: "the oldest is evicted",
    reason: "a full history loses the message that is first in its order, which is another in ours",
};

const STORED_WITHOUT_FILTER: Rule = Rule {
    name: "kept without filter and requests",
    reason: "filter and repair requests of a message matter only when it is first sent: they are not kept, so a repair \
             has none. nim-sds repeats what they were",
};

const RECEIVED_NOT_REQUESTED: Rule = Rule {
    name: "what is here is not asked for",
    reason: "a dependency that was received and waits itself will be delivered. nim-sds asks the group for it",
};

const WAITING_DUPLICATE: Rule = Rule {
    name: "a duplicate has no effect",
    reason: "the same message again tells nothing new, whether the first was delivered or waits. nim-sds takes one that \
             waits for a new message: the clock ticks, missingDependencies is told again",
};

const KNOWN_IDS: Rule = Rule {
    name: "marked is met",
    reason: "a dependency that the application marked as met is met for later messages too. nim-sds forgets it, and asks \
             for it again",
};

const USED_ID: Rule = Rule {
    name: "an id is used once",
    reason: "wrap refuses an id that the history has. nim-sds sends a second message that nobody takes for a new one: its \
             content is lost",
};

const OWN_RELEASES: Rule = Rule {
    name: "own messages release",
    reason: "an own message is delivered by being sent, so what waited for its id is delivered. In nim-sds it waits on, \
             and is delivered again when it arrives again or the id is marked: all steps after it differ",
};

pub enum Place {
    Steps(&'static [usize]),
    /// In a random trace: what remains of so many steps are exactly these aspects.
    Count(usize),
}

pub struct Difference {
    pub rule: Rule,
    pub trace: &'static str,
    pub place: Place,
    pub aspects: &'static [Aspect],
}

const fn at(
    rule: Rule,
    trace: &'static str,
    steps: &'static [usize],
    aspects: &'static [Aspect],
) -> Difference {
    Difference { rule, trace, place: Place::Steps(steps), aspects }
}

const fn count(rule: Rule, trace: &'static str, count: usize, aspects: &'static [Aspect]) -> Difference {
    Difference { rule, trace, place: Place::Count(count), aspects }
}

pub const DIFFERENCES: &[Difference] = &[
    at(PARENTS_FIRST, "basic-3-participants", &[9], &[EventOrder]),
    at(PARENTS_FIRST, "cascade-c-b-a-order-acb", &[4], &[EventOrder]),
    at(PARENTS_FIRST, "cascade-c-b-a-order-bac", &[3], &[EventOrder]),
    at(PARENTS_FIRST, "cascade-c-b-a-order-cab", &[4], &[EventOrder]),
    at(PARENTS_FIRST, "cascade-c-b-a-order-cba", &[4], &[EventOrder]),
    at(PARENTS_FIRST, "cascade-full-history", &[4], &[EventOrder]),
    at(PARENTS_FIRST, "siblings-2", &[4], &[EventOrder]),
    at(PARENTS_FIRST, "siblings-4", &[6], &[EventOrder]),
    at(PARENTS_FIRST, "diamond", &[6], &[EventOrder]),
    at(PARENTS_FIRST, "duplicates-and-self", &[11], &[EventOrder]),
    at(PARENTS_FIRST, "markDependenciesMet", &[20], &[EventOrder]),
    at(PARENTS_FIRST, "sds-r-basic", &[32], &[EventOrder]),
    at(PARENTS_FIRST, "restart-from-blob", &[11], &[EventOrder]),
    at(PARENTS_FIRST, "random-1", &[44, 77], &[EventOrder]),
    at(HISTORY_ORDER, "siblings-2", &[4], &[HistoryOrder]),
    at(HISTORY_ORDER, "siblings-4", &[6], &[HistoryOrder]),
    at(HISTORY_ORDER, "diamond", &[6], &[HistoryOrder]),
    at(HISTORY_ORDER, "markDependenciesMet", &[20], &[HistoryOrder]),
    at(HISTORY_ORDER, "sds-r-basic", &[30, 31, 32], &[HistoryOrder]),
    at(HISTORY_ORDER, "lamport", &[9, 11], &[HistoryOrder]),
    at(HISTORY_ORDER, "lamport", &[14], &[HistoryOrder, SentDependencies]),
    count(HISTORY_ORDER, "random-1", 67, &[HistoryOrder]),
    count(HISTORY_ORDER, "random-1", 23, &[HistoryOrder, SentDependencies]),
    at(EVICTION, "random-1", &[93, 118], &[History]),
    at(EVICTION, "random-1", &[114], &[History, SentDependencies]),
    at(STORED_WITHOUT_FILTER, "sds-r-basic", &[24, 27, 29], &[RepairBytes]),
    at(STORED_WITHOUT_FILTER, "sds-r-request-without-sender", &[6], &[RepairBytes]),
    at(STORED_WITHOUT_FILTER, "random-1", &[89, 103], &[RepairBytes]),
    at(RECEIVED_NOT_REQUESTED, "dep-only-in-incoming-buffer", &[3], &[RequestsForReceived]),
    at(RECEIVED_NOT_REQUESTED, "markDependenciesMet", &[19], &[RequestsForReceived]),
    at(RECEIVED_NOT_REQUESTED, "random-1", &[72, 73, 90, 92, 101, 113, 116, 120], &[RequestsForReceived]),
    at(WAITING_DUPLICATE, "duplicates-and-self", &[10], &[Reply, Events, Clock]),
    at(WAITING_DUPLICATE, "random-1", &[64, 113], &[Reply, Events, Clock]),
    at(KNOWN_IDS, "markDependenciesMet", &[6], &[Reply, Events, History, Incoming, RepairRequests]),
    at(USED_ID, "duplicates-and-self", &[20], &[Reply, Clock, Outgoing]),
    at(OWN_RELEASES, "deps-in-buffer", &[4], &[Events, History, Incoming, RepairRequests]),
    at(
        OWN_RELEASES,
        "deps-in-buffer",
        &[6, 10],
        &[Events, Clock, HistoryOrder, Outgoing, Incoming, RepairRequests],
    ),
    at(OWN_RELEASES, "deps-in-buffer", &[8], &[Events, Clock, History, Outgoing, Incoming, RepairRequests]),
    at(OWN_RELEASES, "deps-in-buffer", &[12], &[Events, Clock, HistoryOrder, Outgoing]),
];
