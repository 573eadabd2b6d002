//! Scripts that run inside Redis. None of them looks into a message, and all of them run on a full server: it has to be
//! drained.

use std::sync::OnceLock;

use fred::clients::Client;
use fred::interfaces::LuaInterface;
use fred::types::{FromValue, Value};

use super::redirect::settled;
use crate::wire::WireError;

/// A script, and the hash Redis knows it by.
pub(super) struct Script {
    body: &'static str,
    hash: OnceLock<String>,
}

impl Script {
    pub(super) const fn new(body: &'static str) -> Self {
        Self { body, hash: OnceLock::new() }
    }

    /// Runs it, loading it first where the server does not know it (any more).
    pub(super) async fn run<R: FromValue>(
        &self,
        client: &Client,
        keys: Vec<String>,
        args: Vec<impl Into<Value>>,
    ) -> Result<R, WireError> {
        let args: Vec<Value> = args.into_iter().map(Into::into).collect();
        if let Some(hash) = self.hash.get() {
            let known = || client.evalsha::<Value, _, _, _>(hash.as_str(), keys.clone(), args.clone());
            match settled(known).await {
                Ok(value) => return Ok(value.convert()?),
                Err(error) if error.details().starts_with("NOSCRIPT") => {}
                Err(error) => return Err(error.into()),
            }
        }
        if self.hash.get().is_none() {
            let hash: String = client.script_load(self.body).await?;
            let _ = self.hash.set(hash);
        }
        // With its body it goes to the server of its keys, and stays known there: of a cluster, only that one needs it.
        let value: Value = settled(|| client.eval(self.body, keys.clone(), args.clone())).await?;
        Ok(value.convert()?)
    }
}
