//! From `main` to the exit code: runtime, telemetry, signals, and errors as sentences.

use crate::telemetry;
use std::fmt;
use std::future::Future;
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Why a program ends before it was asked to: a sentence for the operator, and the exit code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Sentence {
    text: String,
    exit: u8,
}

impl Sentence {
    /// A setting is wrong: exit code 2.
    pub fn configuration(text: impl Into<String>) -> Sentence {
        Sentence { text: text.into(), exit: 2 }
    }

    /// Something else went wrong: exit code 1.
    pub fn fault(text: impl Into<String>) -> Sentence {
        Sentence { text: text.into(), exit: 1 }
    }

    /// Another process took the id of this `kind` of service, which is of no use without: whoever supervises it starts another,
    /// which takes an id of its own. Exit code 1.
    pub fn displaced(kind: &str) -> Sentence {
        Self::fault(format!(
            "Another {kind} took this one's id while it was frozen or cut off from Redis: start it again."
        ))
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Runs a program: `body` gets a token that INT and TERM cancel, and should drain and return then.
/// A second INT or TERM ends the process at once. Returns 0 after an orderly end.
pub fn run<B, F>(telemetry: &telemetry::Config, body: B) -> ExitCode
where
    B: FnOnce(CancellationToken) -> F,
    F: Future<Output = anyhow::Result<()>>,
{
    let outcome = telemetry::start_log(telemetry).map_err(anyhow::Error::from).and_then(|()| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let outcome = runtime.block_on(async {
            let stop = CancellationToken::new();
            stop_on_signals(stop.clone())?;
            telemetry::start_metrics(telemetry, &stop).await?;
            body(stop).await
        });
        // What is still running then is only waiting; nothing is lost with it.
        runtime.shutdown_timeout(std::time::Duration::from_millis(500));
        outcome
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(error.downcast_ref::<Sentence>().map_or(1, |sentence| sentence.exit))
        }
    }
}

fn stop_on_signals(stop: CancellationToken) -> std::io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        loop {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
            if stop.is_cancelled() {
                eprintln!("Stopped at once, without draining.");
                std::process::exit(130);
            }
            tracing::info!("stopping: no new work, what is under way is finished");
            stop.cancel();
        }
    });
    Ok(())
}
