//! What goes wrong on purpose: which faults there are, how often each happens, and the dice.

use crate::problem::Problem;
use aws_lc_rs::digest;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The API answers 503 and does nothing.
    Outage,
    /// The API closes the connection and does nothing.
    Disconnect,
    /// The API does what it is asked to, and closes the connection.
    LoseAnswer,
    /// The API waits first.
    Slow,
    /// The API answers 429 and does nothing.
    RateLimit,
    /// A webhook comes twice.
    Duplicate,
    /// A webhook comes later.
    Delay,
    /// A webhook comes after one that it came before.
    Reorder,
    /// A webhook never comes.
    Drop,
    /// A webhook's first signature is wrong.
    Corrupt,
    /// Between the charge and everything that follows from it, the server dies: the buyer's browser gets no answer, and
    /// the webhooks wait for a restart.
    Crash,
}

impl Fault {
    /// Name, fault, what it does.
    pub(crate) const ALL: [(&'static str, Fault, &'static str); 11] = [
        ("outage", Fault::Outage, "The API answers 503 and does nothing."),
        ("disconnect", Fault::Disconnect, "The API closes the connection and does nothing."),
        ("lose-answer", Fault::LoseAnswer, "The API does what it is asked to, then closes the connection."),
        ("slow", Fault::Slow, "The API waits before it does anything."),
        ("rate-limit", Fault::RateLimit, "The API answers 429 and does nothing."),
        ("duplicate", Fault::Duplicate, "A webhook comes twice."),
        ("delay", Fault::Delay, "A webhook comes later."),
        ("reorder", Fault::Reorder, "A webhook comes after a later one, or late."),
        ("drop", Fault::Drop, "A webhook never comes. It can be sent by hand."),
        ("corrupt", Fault::Corrupt, "A webhook is signed wrong, at its first try."),
        (
            "crash",
            Fault::Crash,
            "After the charge the buyer gets no answer, and webhooks wait for a restart.",
        ),
    ];

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, ..)| *known == name).map(|(_, fault, _)| *fault)
    }

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, fault, _)| *fault == self).map_or("", |(name, ..)| name)
    }

    /// Whether its milliseconds matter.
    pub(crate) fn takes_time(self) -> bool {
        matches!(self, Fault::Slow | Fault::Delay | Fault::Reorder)
    }
}

/// How often a fault happens.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rule {
    /// From 0 to 1.
    pub(crate) chance: f64,
    /// How many more times; without end if there is none.
    pub(crate) times: Option<i64>,
    /// For how long, where it is about time.
    pub(crate) millis: i64,
    /// The same seed gives the same sequence.
    pub(crate) seed: i64,
    /// How often the dice were thrown.
    pub(crate) drawn: i64,
}

impl Rule {
    pub(crate) fn json(&self) -> Value {
        json!({
            "chance": self.chance,
            "times": self.times,
            "millis": self.millis,
            "seed": self.seed,
            "drawn": self.drawn,
        })
    }

    /// What the dice show at a throw, from 0 to below 1. It depends on nothing else, so that a test can be repeated.
    fn dice(&self, fault: Fault) -> f64 {
        let throw = format!("{}/{}/{}", self.seed, fault.name(), self.drawn);
        let hash = digest::digest(&digest::SHA256, throw.as_bytes());
        let bits = hash.as_ref().iter().take(4).fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte));
        f64::from(bits) / (f64::from(u32::MAX) + 1.0)
    }
}

/// The rules, as they are kept.
pub(crate) struct Faults<'a> {
    connection: &'a Connection,
}

impl<'a> Faults<'a> {
    pub(crate) fn new(connection: &'a Connection) -> Self {
        Self { connection }
    }

    /// Throws the dice: the rule, if the fault is to happen now.
    pub(crate) fn strikes(&self, fault: Fault) -> Result<Option<Rule>, Problem> {
        let Some(mut rule) = self.find(fault)? else { return Ok(None) };
        if rule.times == Some(0) {
            return Ok(None);
        }
        let strikes = rule.dice(fault) < rule.chance;
        rule.drawn += 1;
        rule.times = rule.times.map(|times| if strikes { times - 1 } else { times });
        self.set(fault, &rule)?;
        Ok(strikes.then_some(rule))
    }

    pub(crate) fn find(&self, fault: Fault) -> Result<Option<Rule>, Problem> {
        let rule = self
            .connection
            .prepare_cached("select chance, times, millis, seed, drawn from fault where name = ?1")?
            .query_row([fault.name()], |row| {
                let (chance, times, millis) = (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok(Rule { chance, times, millis, seed: row.get(3)?, drawn: row.get(4)? })
            });
        Ok(rule.optional()?)
    }

    pub(crate) fn set(&self, fault: Fault, rule: &Rule) -> Result<(), Problem> {
        self.connection
            .prepare_cached(
                "insert or replace into fault (name, chance, times, millis, seed, drawn)
                 values (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![fault.name(), rule.chance, rule.times, rule.millis, rule.seed, rule.drawn])?;
        Ok(())
    }

    pub(crate) fn clear(&self, fault: Fault) -> Result<(), Problem> {
        self.connection.execute("delete from fault where name = ?1", [fault.name()])?;
        Ok(())
    }

    pub(crate) fn clear_all(&self) -> Result<(), Problem> {
        self.connection.execute("delete from fault", [])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dice_are_fair_and_can_be_thrown_again() {
        let rule = |drawn| Rule { chance: 0.3, times: None, millis: 0, seed: 7, drawn };
        let throws = |fault| (0..10_000).map(move |n| rule(n).dice(fault) < 0.3).collect::<Vec<_>>();
        let struck = throws(Fault::Drop).iter().filter(|struck| **struck).count();
        assert!((2800..3200).contains(&struck), "{struck}");
        assert_eq!(throws(Fault::Drop), throws(Fault::Drop));
        assert_ne!(throws(Fault::Drop), throws(Fault::Delay));
    }
}
