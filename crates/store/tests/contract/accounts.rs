//! People and their logins.

use crate::park::Park;
use protocol::id::AccountId;
use protocol::people::Person;
use store::StoreError;

pub async fn a_guest_is_a_person_without_a_login(park: &Park) {
    let look = (1 << 44) - 1;
    let one = park.store.guest("Amber Heron", look).await.unwrap();
    let other = park.store.guest("مريم", 0).await.unwrap();
    assert!(one.0 > 0 && other.0 > one.0);
    let person = park.store.person(one).await.unwrap();
    assert_eq!(person, Some(Person { account: one, name: "Amber Heron".to_owned(), look }));
    assert_eq!(park.store.person(other).await.unwrap().unwrap().name, "مريم");
    assert_eq!(park.store.person(AccountId(other.0 + 1)).await.unwrap(), None);
}

pub async fn a_guest_registers_and_stays_who_they_are(park: &Park) {
    let me = park.guest().await;
    park.store.register(me, "juno", "$argon2id$1").await.unwrap();
    assert_eq!(park.store.credentials("juno").await.unwrap(), Some((me, "$argon2id$1".to_owned())));
    assert_eq!(park.store.credentials("Juno").await.unwrap(), None);
    let new = park.store.register_new("Rex", 3, "rex", "$argon2id$2").await.unwrap();
    assert_eq!(park.store.credentials("rex").await.unwrap().unwrap().0, new);
    assert_eq!(park.store.person(new).await.unwrap().unwrap().name, "Rex");
    let nobody = park.store.register(AccountId(9_999), "nobody", "h").await;
    assert!(matches!(nobody, Err(StoreError::Missing(_))), "{nobody:?}");
}

pub async fn a_taken_login_is_refused_and_leaves_nothing(park: &Park) {
    let (first, second) = (park.guest().await, park.guest().await);
    park.store.register(first, "juno", "1").await.unwrap();
    assert!(matches!(park.store.register(second, "juno", "2").await, Err(StoreError::Taken)));
    assert!(matches!(park.store.register_new("Juno", 0, "juno", "3").await, Err(StoreError::Taken)));
    assert_eq!(park.store.credentials("juno").await.unwrap(), Some((first, "1".to_owned())));
    for id in second.0 + 1..second.0 + 4 {
        assert_eq!(park.store.person(AccountId(id)).await.unwrap(), None, "an account was left behind");
    }
    park.store.register(second, "juno-2", "2").await.unwrap();
}

pub async fn of_two_who_register_a_login_at_once_one_gets_it(park: &Park) {
    let mut tries = tokio::task::JoinSet::new();
    for n in 0..8 {
        let store = park.store.clone();
        tries.spawn(async move { store.register_new(&format!("Juno {n}"), n, "juno", "hash").await });
    }
    let results = tries.join_all().await;
    let winners: Vec<_> = results.iter().filter_map(|r| r.as_ref().ok()).collect();
    assert_eq!(winners.len(), 1, "{results:?}");
    assert!(results.iter().all(|r| matches!(r, Ok(_) | Err(StoreError::Taken))), "{results:?}");
    assert_eq!(park.store.credentials("juno").await.unwrap().unwrap().0, *winners[0]);
}

pub async fn an_account_has_one_login(park: &Park) {
    let me = park.guest().await;
    park.store.register(me, "juno", "1").await.unwrap();
    let again = park.store.register(me, "juno-b", "2").await;
    assert!(matches!(again, Err(StoreError::Conflict(_))), "{again:?}");
    assert_eq!(park.store.credentials("juno-b").await.unwrap(), None);
}

pub async fn a_password_hash_is_replaced(park: &Park) {
    let me = park.guest().await;
    assert!(matches!(park.store.rehash(me, "new").await, Err(StoreError::Missing(_))));
    park.store.register(me, "juno", "old").await.unwrap();
    park.store.rehash(me, "new").await.unwrap();
    assert_eq!(park.store.credentials("juno").await.unwrap(), Some((me, "new".to_owned())));
}

pub async fn a_profile_changes_for_everybody(park: &Park) {
    let me = park.guest().await;
    let person = park.store.profile(me, "Juno P. ☂", 42).await.unwrap();
    assert_eq!(person, Person { account: me, name: "Juno P. ☂".to_owned(), look: 42 });
    assert_eq!(park.store.person(me).await.unwrap(), Some(person));
    let nobody = park.store.profile(AccountId(9_999), "Nobody", 0).await;
    assert!(matches!(nobody, Err(StoreError::Missing(_))), "{nobody:?}");
}
