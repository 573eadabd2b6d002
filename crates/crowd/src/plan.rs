//! Who does what when: drawn from a seed before anything happens, so that nothing a server does changes it (an open loop).

use crate::settings::{Rates, Settings};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use std::collections::VecDeque;
use std::time::Duration;

/// Something somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Says a line.
    Chat,
    /// Reacts.
    React,
    /// Puts a track on the queue.
    Add,
    /// Votes for an entry of the queue.
    Vote,
    /// Says a line, and sends the command a second time.
    Double,
    /// Loses the connection.
    Drop,
}

/// When, counted from the beginning of the run, and what.
pub type Due = (Duration, Deed);

/// A crowd's plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Of each person: the number of their room.
    pub rooms: Vec<u32>,
    /// Of each person: what they do, in order.
    pub deeds: Vec<VecDeque<Due>>,
}

/// Deeds of a plan at the most: a plan is made before anybody comes.
pub const DEEDS_MAX: f64 = 10e6;

/// How many deeds these rates ask for.
pub fn deeds(rates: &Rates, seconds: u32) -> f64 {
    kinds(rates).iter().map(|(rate, _)| rate * f64::from(seconds)).sum()
}

impl Plan {
    /// The plan of these settings. The same settings make the same plan.
    pub fn new(settings: &Settings) -> Plan {
        let mut random = StdRng::seed_from_u64(settings.seed);
        let rooms = rooms(settings, &mut random);
        let mut deeds = vec![VecDeque::new(); settings.people as usize];
        for (rate, deed) in kinds(&settings.rates) {
            // Everybody once in a drawn order, then again: nobody is busier than the others, so nobody is told to be less busy.
            let mut order: Vec<usize> = (0..deeds.len()).collect();
            order.shuffle(&mut random);
            let count = (rate * f64::from(settings.seconds)).round() as u64;
            for (k, person) in (0..count).zip(order.iter().cycle()) {
                let due = (k as f64 + random.random::<f64>()) / rate;
                deeds[*person].push_back((Duration::from_secs_f64(due), deed));
            }
        }
        for deeds in &mut deeds {
            deeds.make_contiguous().sort_by_key(|(due, _)| *due);
        }
        Plan { rooms, deeds }
    }
}

fn kinds(rates: &Rates) -> [(f64, Deed); 6] {
    [
        (rates.chats, Deed::Chat),
        (rates.reacts, Deed::React),
        (rates.adds, Deed::Add),
        (rates.votes, Deed::Vote),
        (rates.doubles, Deed::Double),
        (rates.drops, Deed::Drop),
    ]
}

/// Each person's room. The first person of each number below that of the rooms makes that room, so they are in it.
fn rooms(settings: &Settings, random: &mut StdRng) -> Vec<u32> {
    let count = settings.rooms.max(1);
    let weights: Vec<f64> = (1..=count).map(|rank| f64::from(rank).powf(-settings.rates.zipf)).collect();
    let total: f64 = weights.iter().sum();
    (0..settings.people)
        .map(|person| {
            if person < count || settings.rates.zipf == 0.0 {
                return person % count;
            }
            let mut left = random.random::<f64>() * total;
            let place = weights.iter().position(|weight| {
                left -= weight;
                left <= 0.0
            });
            place.map_or(count - 1, |place| place as u32)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(people: u32, rooms: u32, rates: Rates) -> Settings {
        Settings { rates, ..Settings::new(vec!["http://park".into()], people, rooms, 10) }
    }

    #[test]
    fn a_seed_repeats_its_plan_and_another_seed_makes_another() {
        let one = settings(50, 5, Rates { drops: 3.0, ..Rates::default() });
        assert_eq!(Plan::new(&one), Plan::new(&one));
        assert_ne!(Plan::new(&one), Plan::new(&Settings { seed: 2, ..one.clone() }));
    }

    #[test]
    fn deeds_come_at_the_crowds_rate_and_are_shared_out_evenly() {
        let plan = Plan::new(&settings(100, 2, Rates { chats: 50.0, ..Rates::default() }));
        let counts: Vec<usize> = plan.deeds.iter().map(VecDeque::len).collect();
        assert_eq!(counts, vec![5; 100]);
        let all: Vec<_> = plan.deeds.iter().flatten().collect();
        assert!(all.iter().all(|(due, deed)| *due < Duration::from_secs(10) && *deed == Deed::Chat));
        assert!(plan.deeds.iter().all(|deeds| deeds.iter().is_sorted_by_key(|(due, _)| due)));
    }

    #[test]
    fn rooms_are_evenly_full_or_follow_a_law_and_none_is_empty() {
        let count = |plan: &Plan| {
            let mut count = [0; 10];
            plan.rooms.iter().for_each(|room| count[*room as usize] += 1);
            count
        };
        assert_eq!(count(&Plan::new(&settings(1_000, 10, Rates::default()))), [100; 10]);
        let zipf = count(&Plan::new(&settings(1_000, 10, Rates { zipf: 1.0, ..Rates::default() })));
        assert!(zipf[0] > 250 && zipf[9] < 70 && zipf.iter().all(|people| *people > 0), "{zipf:?}");
    }
}
