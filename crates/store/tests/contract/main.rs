//! What the store promises, shown on both databases: every scenario runs on SQLite and on a private Postgres.

// All of this is a test; clippy sees only that some functions are not marked as one.
#![allow(clippy::unwrap_used)]

mod accounts;
mod journal;
mod leases;
mod library;
mod migrations;
mod park;
mod postgres;
mod property;
mod rooms;
mod sessions;
mod sqlite;

/// One test for each scenario and database. A scenario is `async fn(&Park)`.
macro_rules! contract {
    ($($module:ident { $($scenario:ident)+ })+) => {
        mod on_sqlite {
            $(mod $module {
                $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $scenario() {
                    crate::$module::$scenario(&crate::park::Park::on_sqlite().await).await;
                })+
            })+
        }
        mod on_postgres {
            $(mod $module {
                $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $scenario() {
                    crate::$module::$scenario(&crate::park::Park::on_postgres().await).await;
                })+
            })+
        }
    };
}

contract! {
    accounts {
        a_guest_is_a_person_without_a_login
        a_guest_registers_and_stays_who_they_are
        a_taken_login_is_refused_and_leaves_nothing
        of_two_who_register_a_login_at_once_one_gets_it
        an_account_has_one_login
        a_password_hash_is_replaced
        a_profile_changes_for_everybody
    }
    sessions {
        a_session_is_found_by_its_token
        a_session_expires_by_the_databases_clock
        an_ended_session_is_gone_and_its_end_is_numbered
        revocations_have_no_gaps_however_many_end_at_once
        all_sessions_of_an_account_end_together
        revocations_come_a_thousand_at_a_time
    }
    rooms {
        a_room_is_found_by_id_and_link
        rooms_of_one_name_get_links_of_their_own
        rooms_of_one_name_made_at_once_get_links_of_their_own
        the_parks_own_rooms_come_first_then_the_newest
        the_parks_own_rooms_are_made_once
        a_renamed_room_keeps_its_link
        a_park_was_opened_when_its_first_room_was_made
    }
    library {
        the_library_is_there_once_however_often_it_is_put_in
        a_changed_track_keeps_its_id
        a_search_finds_letters_of_any_case_and_script
        a_search_takes_wildcards_for_what_they_are
        tracks_come_by_title_and_as_many_as_asked_for
    }
    journal {
        a_turn_is_written_for_several_rooms_at_once
        a_rooms_events_are_read_page_by_page
        a_lost_shard_writes_nothing_while_the_others_rows_are_written
        a_zombie_cannot_write_after_a_takeover
        a_command_is_written_once
        a_number_is_written_once
        a_snapshot_and_the_tail_are_the_room
        an_older_or_a_zombies_snapshot_is_not_kept
        a_room_nobody_was_in_is_empty
        a_turn_that_contradicts_itself_is_refused
    }
    leases {
        the_first_worker_takes_everything
        of_many_takers_one_gets_each_shard
        a_worker_that_leaves_is_followed_at_once
        a_dead_worker_is_followed_and_told_so
        an_ended_worker_takes_nothing
        shards_are_given_with_a_new_term
        shards_given_to_nobody_are_free
        a_renewal_tells_the_databases_time
        workers_of_the_past_are_forgotten
    }
}
