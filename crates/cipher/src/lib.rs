//! Messaging between services: transmit, broadcast, topics, requests and a node registry, over Redis or in memory

mod address;
mod error;
mod memory;
mod message;
mod node;
mod registry;
mod span;
mod transport;

pub use address::{Address, Incarnation, To};
pub use error::{CipherError, HandlerError, JoinError, NameError, Refusal, RequestError, TransmitError};
pub use message::Message;
pub use node::{Delivery, Node, Subscription, Watch};
pub use registry::{Change, NodeInfo, NodeState};
pub use span::{Span, Verdict, follow};
pub use transport::{MemoryBus, Nid, NodeConfig, RedisConfig, Transport};
