//! Joining: a server that is not there yet, an id that is held, mistakes of configuration.

use std::time::Duration;

use cipher::{JoinError, Nid, Node, NodeConfig, NodeState, RedisConfig, Transport};
use fred::interfaces::ClientInterface;

use crate::support::{RedisServer, Site, eventually, soon};

#[tokio::test(flavor = "multi_thread")]
async fn a_fixed_id_that_is_held_is_waited_for() {
    let site = Site::redis();
    let holder = site.node("worker", 1).await;
    let joining = site.node("worker", 1);
    tokio::pin!(joining);
    assert!(
        tokio::time::timeout(Duration::from_millis(700), &mut joining).await.is_err(),
        "it is still held"
    );
    holder.leave().await;
    let successor = soon("the id", joining).await;
    assert_ne!(successor.incarnation(), holder.incarnation());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_yet_is_waited_for() {
    let port = ports::free_port();
    let config = NodeConfig { nid: Nid::Fixed(1), ..NodeConfig::new("worker") };
    let joining = Node::join(Transport::Redis(RedisConfig::new(format!("redis://127.0.0.1:{port}"))), config);
    let waited = tokio::time::timeout(Duration::from_millis(700), joining).await;
    assert!(waited.is_err(), "there is nobody to join, and that is no error: {waited:?}");

    let mut server = RedisServer::start();
    server.stop();
    let transport = Transport::Redis(RedisConfig::new(server.url()));
    let config = NodeConfig { nid: Nid::Fixed(1), ..NodeConfig::new("worker") };
    let joining = tokio::spawn(Node::join(transport, config));
    server.run();
    let node = soon("the server", joining).await.unwrap().unwrap();
    node.set_state(NodeState::Serving).await;
    assert_eq!(node.nodes("worker").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_gives_up_joining_leaves_no_connection_behind() {
    let site = Site::redis();
    let _holder = site.node("worker", 1).await;
    let client = site.server().client().await;
    let connections = async || {
        let list: String = client.client_list::<String, String>(None, None).await.unwrap();
        list.lines().count()
    };
    let before = connections().await;
    let given_up = tokio::time::timeout(Duration::from_millis(300), site.node("worker", 1)).await;
    assert!(given_up.is_err(), "the id is held");
    eventually("its connections are closed", async || connections().await == before).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_of_configuration_is_an_error() {
    let join = async |url: String| {
        let joining = Node::join(Transport::Redis(RedisConfig::new(url)), NodeConfig::new("worker"));
        soon("the error", joining).await.expect_err("this cannot work")
    };
    for url in ["", "127.0.0.1", "http://[", "redis://"] {
        let error = join(url.to_owned()).await;
        assert!(matches!(error, JoinError::Url(_)), "{url:?}: {error:?}");
    }
    let server = RedisServer::protected("secret");
    let good = server.url();
    for url in [good.replace("default:secret@", ""), good.replace("secret", "wrong"), format!("{good}/99")] {
        let error = join(url.clone()).await;
        assert!(matches!(error, JoinError::Refused(_)), "{url:?}: {error:?}");
    }
    let config = NodeConfig { nid: Nid::Fixed(1), ..NodeConfig::new("worker") };
    Node::join(Transport::Redis(RedisConfig::new(good)), config).await.unwrap();
}
