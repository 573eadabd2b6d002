//! Messaging between services: transmit, broadcast, topics, requests and a node registry, over Redis or in memory
