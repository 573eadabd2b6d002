//! Before the screens load: hints come only where the address asks for them (`hints`), so that a picture does not change after 5 s.

localStorage.setItem("park.hints", location.search.includes("hints") ? "" : "love,walk,add,keep");
localStorage.removeItem("musicpark.choices");
