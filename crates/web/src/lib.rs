//! The web service: page, accounts, sessions, rooms directory, tracks and audio
