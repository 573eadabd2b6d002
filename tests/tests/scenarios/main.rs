//! Scenarios of the whole system, each over memory and SQLite and over Redis and Postgres.
//!
//! A scenario is a function of a running park; those that hurt the park get one of their own. New ones are listed in `listening`,
//! `rooms`, `full`, `accounts`, `nonsense` and `failures`, each beside its functions.
#![allow(clippy::unwrap_used, reason = "a scenario that cannot go on has failed")]

mod accounts;
mod failures;
mod full;
mod listening;
mod nonsense;
mod rooms;

use libtest_mimic::{Arguments, Trial};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Arc;
use tests::park::{Deployment, Park};
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;

/// The parks that scenarios share: one a deployment, started when the first scenario wants it.
struct Stage {
    runtime: Runtime,
    embedded: OnceCell<Arc<Park>>,
    split: OnceCell<Arc<Park>>,
}

impl Stage {
    async fn shared(&self, deployment: Deployment) -> Arc<Park> {
        let cell = match deployment {
            Deployment::Embedded => &self.embedded,
            Deployment::Split | Deployment::TwoWorkers => &self.split,
        };
        cell.get_or_init(async || Arc::new(Park::start(deployment).await)).await.clone()
    }
}

/// Runs a scenario on the park that others share.
macro_rules! shared {
    ($trials:ident, $stage:ident, $($module:ident :: $scenario:ident),* $(,)?) => { $(
        for (deployment, name) in [(Deployment::Embedded, "embedded"), (Deployment::Split, "split")] {
            let stage = $stage.clone();
            $trials.push(trial(&stage.clone(), format!("{name}::{}", stringify!($scenario)), async move || {
                let park = stage.shared(deployment).await;
                $module::$scenario(&park).await;
            }));
        }
    )* };
}

/// Runs a scenario on a park of its own.
macro_rules! alone {
    ($trials:ident, $stage:ident, $deployment:ident, $($module:ident :: $scenario:ident),* $(,)?) => { $(
        let name = format!("{}::{}", stringify!($deployment).to_lowercase(), stringify!($scenario));
        $trials.push(trial(&$stage, name, async || {
            let mut park = Park::start(Deployment::$deployment).await;
            $module::$scenario(&mut park).await;
        }));
    )* };
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Scenarios mostly wait; a handful at once keeps two cores busy without making them slow.
    arguments.test_threads.get_or_insert(4);
    let stage = Arc::new(Stage {
        runtime: Runtime::new().expect("a runtime"),
        embedded: OnceCell::new(),
        split: OnceCell::new(),
    });
    let mut trials = Vec::new();
    shared!(
        trials,
        stage,
        listening::two_people_hear_the_same_track_from_the_same_moment,
        listening::a_late_joiner_gets_queue_chat_and_position,
        listening::what_one_says_everybody_reads_in_the_same_order,
        listening::who_comes_back_gets_only_what_they_missed,
        listening::who_comes_back_through_a_gateway_that_is_new_to_the_room_misses_nothing,
        listening::people_see_each_other_walk_and_react,
        listening::the_park_tells_everybody_the_same_time,
        rooms::a_command_sent_twice_is_carried_out_once,
        rooms::what_was_refused_stays_refused_when_it_comes_again,
        rooms::half_of_those_present_skip_a_track,
        rooms::the_owner_makes_a_dj_and_the_dj_plays,
        rooms::a_guest_may_not_change_somebody_elses_room,
        rooms::a_new_room_is_in_the_list_with_what_it_plays,
        rooms::who_left_before_one_came_is_not_on_ones_list,
        rooms::the_join_card_shows_who_is_there,
        rooms::the_first_response_has_the_whole_card,
        full::who_comes_to_a_full_room_waits_in_line_and_is_walked_in,
        accounts::a_guest_registers_and_stays_who_they_are,
        accounts::a_new_name_is_seen_by_everybody_at_once,
        accounts::logging_out_closes_the_sockets_of_that_session,
        nonsense::a_ticket_opens_one_socket,
        nonsense::a_frame_that_is_too_large_closes_only_its_own_socket,
        nonsense::what_is_not_understood_is_said_and_nothing_is_lost,
        nonsense::a_socket_without_a_hello_gets_nothing,
        nonsense::a_strange_page_opens_no_socket,
        nonsense::a_command_from_another_hour_is_refused,
        nonsense::what_is_sent_again_too_often_is_never_called_refused,
    );
    alone!(
        trials,
        stage,
        Embedded,
        failures::a_park_that_stops_and_starts_again_plays_on,
        failures::a_park_that_is_killed_loses_nothing_acknowledged,
    );
    alone!(
        trials,
        stage,
        Split,
        failures::the_music_goes_on_while_the_worker_is_killed_and_started_anew,
        failures::who_loses_their_gateway_goes_on_at_another,
        failures::the_database_goes_away_and_comes_back_and_nothing_acknowledged_is_lost,
        failures::redis_starts_anew_and_everybody_goes_on,
    );
    alone!(
        trials,
        stage,
        TwoWorkers,
        failures::two_workers_share_the_rooms_and_one_takes_over_from_the_other,
    );
    let conclusion = libtest_mimic::run(&arguments, trials);
    // The parks end here, with all their processes.
    drop(stage);
    conclusion.exit_code()
}

fn trial(stage: &Arc<Stage>, name: String, scenario: impl AsyncFnOnce() + Send + 'static) -> Trial {
    let stage = stage.clone();
    Trial::test(name, move || {
        catch_unwind(AssertUnwindSafe(|| stage.runtime.block_on(scenario()))).map_err(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
                .unwrap_or_default()
                .into()
        })
    })
}
