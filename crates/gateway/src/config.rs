//! Settings of the gateway.

use clap::Args;
use service::origin::Pages;

/// Settings of the gateway.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Gateway")]
#[group(id = "gateway")]
pub struct Config {
    /// Whose pages may open websockets.
    #[command(flatten)]
    pub pages: Pages,
}
