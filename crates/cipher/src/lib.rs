#![doc = include_str!("../README.md")]

mod address;
mod clock;
mod envelope;
mod error;
mod exchange;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
mod memory;
mod message;
mod node;
mod prefetch;
mod redis;
mod registry;
mod ring;
mod span;
mod trace;
mod transport;
mod wire;

pub use address::{Address, Incarnation, To};
pub use error::{CipherError, HandlerError, JoinError, NameError, Refusal, RequestError, TransmitError};
pub use message::{Kind, Message};
pub use node::{DeadLetter, Delivery, Ending, Node, Subscription, Watch};
pub use registry::{Change, NodeInfo, NodeState};
pub use span::{Span, Verdict, follow};
pub use trace::{trace_context, traced};
pub use transport::{Faults, MemoryBus, Nid, NodeConfig, RedisConfig, Transport};
