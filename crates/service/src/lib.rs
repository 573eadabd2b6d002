//! Process plumbing: configuration, shutdown, telemetry, health and metrics, park time
