//! The schema's versions.

use crate::park::{Park, room};
use store::{Store, StoreError};

/// Both databases, not migrated yet.
async fn new() -> [Park; 2] {
    [Park::new_sqlite().await, Park::new_postgres().await]
}

#[tokio::test]
async fn migrating_again_changes_nothing() {
    for park in new().await {
        park.store.migrate().await.unwrap();
        park.store.room_make(&room("Shell")).await.unwrap();
        park.store.migrate().await.unwrap();
        let later = park.another().await;
        later.migrate().await.unwrap();
        assert_eq!(later.rooms(10).await.unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_processes_start_at_once() {
    for park in new().await {
        let mut starts = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let store = park.another().await;
            starts.spawn(async move { store.migrate().await });
        }
        for started in starts.join_all().await {
            started.unwrap();
        }
        assert_eq!(park.store.survey().await.unwrap().shards.len(), 256);
    }
}

#[tokio::test]
async fn a_room_of_the_first_version_holds_as_many_as_come() {
    for park in new().await {
        park.store.migrate().await.unwrap();
        park.behind_the_back("ALTER TABLE room DROP COLUMN capacity").await;
        park.behind_the_back("DELETE FROM _sqlx_migrations WHERE version = 2").await;
        park.behind_the_back(
            "INSERT INTO room (slug, name, about, hue, mode, mix, place, own, made_us)
             VALUES ('old', 'Old', '', 'mint', 'open', TRUE, 'bench', FALSE, 1)",
        )
        .await;
        // The new version starts over the old data.
        let later = park.another().await;
        later.migrate().await.unwrap();
        let old = later.room_by_slug("old").await.unwrap().unwrap();
        assert_eq!((old.settings.name.as_str(), old.settings.capacity), ("Old", None));
    }
}

#[tokio::test]
async fn data_of_a_newer_version_are_refused_and_left_alone() {
    for park in new().await {
        park.store.migrate().await.unwrap();
        park.behind_the_back(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             SELECT 7, 'of the future', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
        )
        .await;
        let refused = park.another().await.migrate().await.unwrap_err();
        assert!(matches!(refused, StoreError::Newer { data: 7, program: 2 }), "{refused:?}");
        assert!(!refused.is_retryable());
        assert_eq!(
            refused.to_string(),
            "This data was written by a newer version of Music Park (schema 7, this program knows 2). \
             Start the newer version, or give another data folder."
        );
        // Refusing holds no lock: the newer version can start.
        park.behind_the_back("DELETE FROM _sqlx_migrations WHERE version = 7").await;
        park.store.migrate().await.unwrap();
    }
}

#[tokio::test]
async fn data_of_an_unreleased_version_are_refused_with_a_sentence() {
    for park in new().await {
        park.store.migrate().await.unwrap();
        let other = if park.is_sqlite() { "x'00'" } else { "'\\x00'" };
        park.behind_the_back(&format!("UPDATE _sqlx_migrations SET checksum = {other}")).await;
        let refused = park.store.migrate().await.unwrap_err();
        assert!(refused.to_string().contains("unreleased version"), "{refused}");
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_without_repeating_it() {
    for url in ["mysql://me:secret@host/park", "secret", "sqlite:", "sqlite::memory:"] {
        let refused = Store::open(url).await.err().unwrap();
        assert!(!refused.to_string().contains("secret"), "{refused}");
    }
    let refused = Store::open("sqlite:/no/such/folder/park.db").await.err().unwrap().to_string();
    assert!(refused.contains("/no/such/folder/park.db") && refused.contains("folder exist"), "{refused}");
}
