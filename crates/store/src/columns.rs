//! How values are written into columns: JSON, words, and text that is searched for. The same on both databases.

use crate::error::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use unicode_normalization::UnicodeNormalization as _;

/// Text as it is searched for: one form of each letter, in lower case. Done here, as SQLite knows the case of ASCII only.
pub(crate) fn folded(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

/// Text that stands for itself in a pattern of LIKE with `ESCAPE '\'`.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// JSON for a column.
pub(crate) fn json_of<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|e| StoreError::Other(format!("A value cannot be written as JSON: {e}")))
}

/// What JSON of a column says.
pub(crate) fn from_json<T: DeserializeOwned>(json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json)
        .map_err(|e| StoreError::Other(format!("JSON in the database is not understood: {e}")))
}

/// The word that JSON has for a value of a plain enum.
pub(crate) fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        other => unreachable!("a plain enum is a word in JSON, not {other:?}"),
    }
}

pub(crate) fn from_word<T: DeserializeOwned>(word: String) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(word))
        .map_err(|e| StoreError::Other(format!("A word in the table of rooms is not known: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::room::Hue;

    #[test]
    fn a_pattern_matches_its_text_only() {
        assert_eq!(escaped("100%_\\"), "100\\%\\_\\\\");
        assert_eq!(folded("ÉTÉ ﬁne Ｗ"), "été fine w");
    }

    #[test]
    fn a_word_comes_back() {
        assert_eq!(word(&Hue::Orchid), "orchid");
        assert_eq!(from_word::<Hue>("orchid".to_owned()).unwrap(), Hue::Orchid);
        assert!(from_word::<Hue>("plaid".to_owned()).is_err());
    }
}
