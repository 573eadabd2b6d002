//! Sessions and their numbered ends.

use crate::park::{Park, eventually};
use protocol::id::AccountId;
use protocol::link::{Revoked, RevokedSince};
use store::StoreError;

const LATER: i64 = 1 << 52;

pub async fn a_session_is_found_by_its_token(park: &Park) {
    let me = park.guest().await;
    let number = park.store.session_open(me, &[1; 32], LATER).await.unwrap();
    let session = park.store.session(&[1; 32]).await.unwrap().unwrap();
    assert_eq!((session.session, session.person.account, session.login), (number, me, None));
    assert_eq!(park.store.session(&[2; 32]).await.unwrap(), None);
    park.store.register(me, "juno", "hash").await.unwrap();
    park.store.profile(me, "Juno P.", 8).await.unwrap();
    let session = park.store.session(&[1; 32]).await.unwrap().unwrap();
    assert_eq!(session.login.as_deref(), Some("juno"));
    assert_eq!((session.person.name.as_str(), session.person.look), ("Juno P.", 8));
    let nobody = park.store.session_open(AccountId(9_999), &[3; 32], LATER).await;
    assert!(matches!(nobody, Err(StoreError::Missing(_))), "{nobody:?}");
}

pub async fn a_session_expires_by_the_databases_clock(park: &Park) {
    let me = park.guest().await;
    let now = park.store.now_us().await.unwrap();
    park.store.session_open(me, &[1; 32], now - 10_000).await.unwrap();
    assert_eq!(park.store.session(&[1; 32]).await.unwrap(), None);
    park.store.session_open(me, &[2; 32], now + 300_000).await.unwrap();
    eventually("the session expires", async || park.store.session(&[2; 32]).await.unwrap().is_none()).await;
    assert!(park.store.now_us().await.unwrap() >= now + 299_000, "it expired too early");
}

pub async fn an_ended_session_is_gone_and_its_end_is_numbered(park: &Park) {
    let me = park.guest().await;
    let none = RevokedSince { revoked: vec![], latest: 0 };
    assert_eq!(park.store.revocations(None).await.unwrap(), none);
    let one = park.store.session_open(me, &[1; 32], LATER).await.unwrap();
    let two = park.store.session_open(me, &[2; 32], LATER).await.unwrap();
    let first = park.store.session_end(one).await.unwrap();
    assert_eq!(first, Revoked { number: 1, session: Some(one), account: me });
    assert_eq!(park.store.session(&[1; 32]).await.unwrap(), None);
    assert!(park.store.session(&[2; 32]).await.unwrap().is_some());
    // What fails uses up no number.
    assert!(matches!(park.store.session_end(9_999).await, Err(StoreError::Missing(_))));
    let second = park.store.session_end(two).await.unwrap();
    assert_eq!(second.number, 2);
    let since = park.store.revocations(Some(0)).await.unwrap();
    assert_eq!(since, RevokedSince { revoked: vec![first, second], latest: 2 });
    let since = park.store.revocations(Some(1)).await.unwrap();
    assert_eq!(since, RevokedSince { revoked: vec![second], latest: 2 });
    let since = park.store.revocations(None).await.unwrap();
    assert_eq!(since, RevokedSince { revoked: vec![], latest: 2 });
}

pub async fn revocations_have_no_gaps_however_many_end_at_once(park: &Park) {
    let me = park.guest().await;
    let mut ends = tokio::task::JoinSet::new();
    for n in 0..24 {
        let session = park.store.session_open(me, &[n; 32], LATER).await.unwrap();
        let store = park.store.clone();
        ends.spawn(async move { store.session_end(session).await.unwrap().number });
        let store = park.store.clone();
        ends.spawn(async move {
            // A reader never sees a number before all numbers below it.
            let seen = store.revocations(Some(0)).await.unwrap();
            let numbers: Vec<i64> = seen.revoked.iter().map(|r| r.number).collect();
            assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>());
            0
        });
    }
    let mut numbers: Vec<i64> = ends.join_all().await.into_iter().filter(|&n| n > 0).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=24).collect::<Vec<_>>());
}

pub async fn all_sessions_of_an_account_end_together(park: &Park) {
    let (me, other) = (park.guest().await, park.guest().await);
    for (n, account) in [(1, me), (2, me), (3, other)] {
        park.store.session_open(account, &[n; 32], LATER).await.unwrap();
    }
    let revoked = park.store.sessions_end_all(me).await.unwrap();
    assert_eq!(revoked, Revoked { number: 1, session: None, account: me });
    assert_eq!(park.store.session(&[1; 32]).await.unwrap(), None);
    assert_eq!(park.store.session(&[2; 32]).await.unwrap(), None);
    assert!(park.store.session(&[3; 32]).await.unwrap().is_some());
    assert_eq!(park.store.revocations(Some(0)).await.unwrap().revoked, vec![revoked]);
    assert!(matches!(park.store.sessions_end_all(AccountId(9_999)).await, Err(StoreError::Missing(_))));
    assert_eq!(park.store.revocations(None).await.unwrap().latest, 1);
}

pub async fn revocations_come_a_thousand_at_a_time(park: &Park) {
    let me = park.guest().await;
    park.behind_the_back(&format!(
        "INSERT INTO revocation (number, session, account, made_us)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500) SELECT i, NULL, {me}, 0 FROM n;
         UPDATE counter SET last = 1500"
    ))
    .await;
    let first = park.store.revocations(Some(0)).await.unwrap();
    assert_eq!((first.revoked.len(), first.latest), (1000, 1500));
    let rest = park.store.revocations(Some(1000)).await.unwrap();
    assert_eq!((rest.revoked.len(), rest.revoked[499].number), (500, 1500));
}
