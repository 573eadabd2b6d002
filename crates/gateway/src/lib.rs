//! The gateway: websockets, replicas of rooms and fan-out
