//! What a node promises, over memory and over Redis alike: one suite, run against each.
#![allow(clippy::unwrap_used, reason = "only tests are here; clippy sees it in #[test] functions alone")]

mod crashes;
mod departures;
mod handlers;
mod registry;
mod requests;
#[path = "../support/mod.rs"]
mod support;
mod topics;
mod transmits;

macro_rules! contract {
    ($($part:ident: $($scenario:ident),*;)*) => {
        mod memory {
            $($(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                crate::$part::$scenario(&crate::support::Site::memory()).await;
            })*)*
        }
        mod redis {
            $($(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                crate::$part::$scenario(&crate::support::Site::redis()).await;
            })*)*
        }
    };
}

contract!(
    transmits:
        transmits_of_one_sender_arrive_in_order,
        a_transmit_waits_for_its_receiver,
        a_transmit_to_any_node_reaches_exactly_one,
        slow_jobs_for_any_node_are_shared_with_those_who_come_later,
        a_handler_that_fails_is_tried_again_and_stops_nobody,
        a_transmit_for_a_former_life_is_refused,
        a_slow_handler_stops_neither_requests_nor_broadcasts,
        a_full_queue_refuses,
        a_flood_of_transmits_is_bounded_and_each_sender_told,
        dead_letters_are_listed_and_replayed,
        what_waited_too_long_is_put_aside;
    requests:
        a_request_brings_its_reply_or_its_refusal,
        a_request_ends_at_its_deadline,
        a_request_to_nobody_fails_at_once,
        a_request_fails_when_the_asked_node_crashes;
    topics:
        every_subscriber_gets_what_is_published_in_order,
        a_subscription_is_active_when_it_returns,
        a_flood_is_bounded_and_its_reader_told;
    registry:
        ids_are_leased_from_one_and_reused,
        a_watch_sees_joins_changes_and_departures,
        a_crashed_node_is_noticed,
        sixty_four_nodes_know_each_other_and_share_the_work;
    departures:
        what_a_crashed_life_did_not_finish_reaches_the_next,
        a_leaving_node_finishes_and_sends_what_it_has,
        a_node_goes_on_leaving_when_the_caller_waits_no_longer,
        a_node_that_leaves_in_the_middle_of_slow_jobs_leaves_the_others_to_its_next_life,
        what_fails_while_its_node_leaves_is_tried_again_by_another,
        what_a_crashed_node_had_of_a_shared_queue_goes_to_another,
        the_queue_of_a_leased_id_ends_with_its_node,
        nodes_come_and_go_under_traffic_and_lose_nothing;
    crashes:
        lives_that_crash_at_any_moment_lose_nothing_and_what_comes_again_says_so;
    handlers:
        a_broadcast_reaches_every_node_that_serves,
        tenants_travel_with_the_message,
        the_recipients_tenant_is_looked_up_before_the_handler,
        a_trace_context_goes_on_with_what_a_handler_sends,
        a_handler_for_any_route_hears_what_no_other_does;
);

/// On a real cluster too: one scenario of each kind of thing that its slots could break. Each starts a cluster of its own, which takes seconds.
mod cluster {
    use crate::support::Site;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn messages_of_every_kind_arrive() {
        let site = Site::cluster();
        crate::transmits::transmits_of_one_sender_arrive_in_order(&site).await;
        crate::requests::a_request_brings_its_reply_or_its_refusal(&site).await;
        crate::topics::every_subscriber_gets_what_is_published_in_order(&site).await;
        crate::handlers::a_broadcast_reaches_every_node_that_serves(&site).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_a_crashed_life_did_not_finish_reaches_the_next() {
        crate::departures::what_a_crashed_life_did_not_finish_reaches_the_next(&Site::cluster()).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn dead_letters_are_listed_and_replayed() {
        crate::transmits::dead_letters_are_listed_and_replayed(&Site::cluster()).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn nodes_come_and_go_under_traffic_and_lose_nothing() {
        crate::departures::nodes_come_and_go_under_traffic_and_lose_nothing(&Site::cluster()).await;
    }
}
