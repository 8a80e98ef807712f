//! When SDS-R asks and answers. Delays are spread by hashes, so that the members of a group don't all speak at
//! once and no randomness is needed (SDS, section "SDS Repair").

use super::{
    Dialect, MessageId, Millis, ParticipantId,
    hash::{distance, spread},
};

/// How long a participant waits before it asks for a missing message (T_req), in milliseconds: from `t_min` up to,
/// not including, `t_max`. `t_min` if that range is empty.
pub fn request_delay(
    dialect: Dialect,
    participant: &ParticipantId,
    message: &MessageId,
    t_min: Millis,
    t_max: Millis,
) -> Millis {
    let spread = spread(dialect, participant.as_str(), message.as_str());
    let range = t_max.saturating_sub(t_min);
    t_min.saturating_add(spread.checked_rem(range).unwrap_or(0))
}

/// How long a participant waits before it answers a request for a message (T_resp), in milliseconds, below `t_max`:
/// not at all if it sent the message itself; the others by their distance from the sender. 0 if `t_max` is 0.
pub fn response_delay(
    dialect: Dialect,
    participant: &ParticipantId,
    sender: &ParticipantId,
    message: &MessageId,
    t_max: Millis,
) -> Millis {
    let distance = distance(dialect, participant.as_str(), sender.as_str());
    let factor = spread(dialect, message.as_str(), "");
    let (Some(distance), Some(factor)) = (distance.checked_rem(t_max), factor.checked_rem(t_max)) else {
        return 0;
    };
    // Fits: settings are below 2^31.
    distance.saturating_mul(factor).checked_rem(t_max).unwrap_or(0)
}

/// Whether a participant is among those who may answer requests for this message: everybody if there is one group,
/// else those whom the message's id puts into the same group as its sender.
pub fn in_response_group(
    dialect: Dialect,
    participant: &ParticipantId,
    sender: &ParticipantId,
    message: &MessageId,
    groups: u32,
) -> bool {
    let group = |member: &ParticipantId| {
        spread(dialect, member.as_str(), message.as_str()).checked_rem(groups.into())
    };
    groups <= 1 || group(participant) == group(sender)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids() -> (ParticipantId, ParticipantId, MessageId) {
        ("alice".into(), "bob".into(), "m2".into())
    }

    #[test]
    fn extreme_times_neither_overflow_nor_leave_the_range() {
        let (alice, bob, message) = ids();
        let late = request_delay(Dialect::NimSds, &alice, &message, u64::MAX - 1, u64::MAX);
        assert_eq!(late, u64::MAX - 1);
        assert_eq!(request_delay(Dialect::NimSds, &alice, &message, u64::MAX, 0), u64::MAX);
        assert!(response_delay(Dialect::NimSds, &alice, &bob, &message, u64::MAX) < u64::MAX);
        assert_eq!(response_delay(Dialect::NimSds, &alice, &bob, &message, 0), 0);
    }

    #[test]
    fn the_sender_answers_at_once_and_is_always_in_its_own_group() {
        let (alice, _, message) = ids();
        assert_eq!(response_delay(Dialect::NimSds, &alice, &alice, &message, 300_000), 0);
        for groups in 0..20 {
            assert!(in_response_group(Dialect::NimSds, &alice, &alice, &message, groups));
        }
    }
}
