//! JSON on one line, without changing a value: numbers keep their digits, keys their order.

use serde_json::value::RawValue;

/// Takes the blanks between JSON tokens away, which may hold line breaks.
pub fn compact(json: &RawValue) -> Box<RawValue> {
    let (mut text, mut in_string, mut escaped) = (String::with_capacity(json.get().len()), false, false);
    for letter in json.get().chars() {
        if in_string {
            in_string = escaped || letter != '"';
            escaped = letter == '\\' && !escaped;
        } else if letter.is_ascii_whitespace() {
            continue;
        } else {
            in_string = letter == '"';
        }
        text.push(letter);
    }
    RawValue::from_string(text).unwrap_or_else(|_| json.to_owned())
}

/// A payload as a word of a command.
pub fn payload(text: &str) -> Result<Box<RawValue>, String> {
    serde_json::from_str(text).map_err(|error| {
        format!("{text:?} is no JSON ({error}): text wants quotes of its own, '\"like this\"'")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_blanks_between_tokens_go() {
        let json =
            RawValue::from_string("{ \"a b\\\" c\" :\n [ 1.50 , 12345678901234567890 ] }".into()).unwrap();
        assert_eq!(compact(&json).get(), r#"{"a b\" c":[1.50,12345678901234567890]}"#);
    }
}
