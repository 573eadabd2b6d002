//! What only SQLite does.

use crate::park::{Park, row, shards};

/// Nobody else can have the data folder: whoever joins is the only one.
#[tokio::test]
async fn whoever_joins_ends_all_former_workers() {
    let park = Park::on_sqlite().await;
    let rooms = park.rooms(1).await;
    let (former, old) = park.owner_of(&rooms).await;
    let (me, new) = park.owner_of(&rooms).await;
    assert_eq!(new[0].1, old[0].1 + 1, "taken at once, whatever is left of the lease");
    assert_eq!(park.store.worker_renew(former).await.unwrap(), None);
    assert!(park.store.worker_renew(me).await.unwrap().is_some());
}

/// Everything is in the file after a close: it can be copied.
#[tokio::test]
async fn the_data_are_there_after_a_restart() {
    let park = Park::on_sqlite().await;
    let rooms = park.rooms(1).await;
    let (me, claims) = park.owner_of(&rooms).await;
    for seq in 1..=20 {
        park.store.journal(me, &claims, &[row(&claims, rooms[0], seq)]).await.unwrap();
    }
    park.store.close().await;
    let path = park.url.strip_prefix("sqlite:").unwrap();
    let log = std::fs::metadata(format!("{path}-wal")).map_or(0, |log| log.len());
    assert_eq!(log, 0, "the log was copied into the file");
    let again = park.another().await;
    again.migrate().await.unwrap();
    assert_eq!(again.room_load(rooms[0]).await.unwrap().unwrap().events.len(), 20);
    let me = again.worker_join(1).await.unwrap();
    assert_eq!(again.shards_take(me, &shards(&rooms)).await.unwrap()[0].1, claims[0].1 + 1);
}
