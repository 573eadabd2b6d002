//! Every word on the screen, in English. A translation is a second file of this shape; leave it 40 % more room.
//! Voice: short, warm, concrete; what happened, what is kept, what to do. Sentence case, verbs on buttons.

import type { FIELDS } from "../draw/look";
import type { Hue, QueueMode, Reaction, Role } from "../protocol/generated";
import { nth } from "./nth";

/** How many, with its thousands parted. */
const many = (n: number): string => n.toLocaleString("en");

export const words = {
  park: "Music Park",
  many,

  join: {
    live: "Live now",
    quiet: "Quiet now",
    walkInAs: "You walk in as",
    changeName: "Change name",
    newLook: "New look",
    name: "Your name",
    keepName: "Keep",
    step: "Step in and listen",
    again: "Try again",
    noAccount: "No account needed. Sound starts when you press.",
    known: "Sound starts when you press.",
    logIn: "Log in",
    elapsed: (at: string, of: string) => `${at} of ${of}`,
    listening: (n: number) => (n === 0 ? "nobody here yet" : n === 1 ? "1 listening" : `${many(n)} listening with you`),
    mixNext: "The park’s own mix plays as you walk in",
  },

  top: {
    listeningShort: "listening",
    inSync: "In sync",
    within: (ms: number) => `within ${ms} ms`,
    share: "Share",
    you: (name: string) => `You are ${name}. Open your profile`,
    leave: "To the park",
    settings: "Room settings",
    byPark: "The park’s own",
    mode: { open: "Votes decide", rotation: "DJ rotation" } satisfies Record<QueueMode, string>,
    evening: (n: number) =>
      n === 1 ? "An evening in the park · 1 person" : `An evening in the park · ${many(n)} people`,
  },

  now: {
    pickedBy: (name: string) => `picked by ${name}`,
    pickedByYou: "picked by you",
    mix: "the park’s own mix",
    heardFrom: (room: string) => `heard from ${room}`,
    next: "Next",
    quiet: "It is quiet here",
    firstHere: "You are the first one here",
    ownHere: "Put on a track and it starts at once",
    label: "Now playing",
    silent: "Nothing plays",
    silentWhy: "Walk up to a place, or choose a room",
  },

  sound: {
    tap: "Tap to listen",
    mute: "Mute",
    unmute: "Unmute",
    volume: "Volume",
    stop: "Stop the music",
  },

  react: {
    bar: "Reactions",
    of: {
      love: "Love",
      fire: "Fire",
      wow: "Wow",
      sing: "Sing along",
      tears: "Tears",
      encore: "Encore",
    } satisfies Record<Reaction, string>,
    key: (name: string, key: number) => `${name} (${key})`,
  },

  queue: {
    title: "Up next",
    tab: (n: number) => (n ? `Up next · ${n}` : "Up next"),
    add: "Add a track",
    turns: (n: number) => (n === 1 ? "1 DJ plays" : `${n} DJs take turns`),
    votes: "Votes decide",
    in: (time: string) => `in ${time}`,
    soon: "soon",
    turn: (name: string) => `${name}’s turn`,
    picked: (name: string) => `picked by ${name}`,
    yours: "Yours",
    yoursAfter: (name: string) => `Yours · after ${name}`,
    round: (n: number) => (n === 2 ? "2nd round" : n === 3 ? "3rd round" : `${n}th round`),
    empty: "Nothing after this. The park’s own mix takes over.",
    emptyNoMix: "Nothing after this.",
    nothing: "Nothing queued",
    remove: (title: string) => `Remove ${title}`,
    removeShort: "Remove",
    voteFor: (title: string, n: number) => `Vote for ${title}, ${n} ${n === 1 ? "vote" : "votes"}`,
    first: "You are the first one here. The park’s own mix plays until somebody puts on a track.",
    quietRoom: "It is quiet here. Put on the first track. Everyone who comes in later hears it from the same bar.",
    invite: "Invite people",
    onlyDjs: (owner: string | null) =>
      owner ? `Only DJs add tracks here. ${owner} can make you one.` : "Only DJs add tracks here.",
  },

  skip: {
    count: (votes: number, needed: number) =>
      `Skip: ${many(votes)} of ${many(needed)} ${needed === 1 ? "vote" : "votes"}, half of those listening`,
    countAlone: (votes: number) => `Skip: ${votes} of 1 vote, you are the only one listening`,
    countBoth: (votes: number) => `Skip: ${votes} of 2 votes, with two here both must agree`,
    vote: "Vote to skip",
    takeBack: "Take vote back",
    now: "Skip",
    nowTitle: "Skip for everyone",
  },

  chat: {
    tab: "Chat",
    say: "Say something nice",
    send: "Send",
    earlier: "Earlier",
    steppedIn: (time: string) => `You stepped in at ${time}`,
    empty: "No messages yet. Say hello: it will be here for whoever comes next.",
    onStage: "on stage",
    typing: (names: string[]) =>
      names.length === 1
        ? `${names[0]} is writing`
        : names.length === 2
          ? `${names[0]} and ${names[1]} are writing`
          : "Several people are writing",
    someone: "Somebody",
    left: (n: number) => `${n} left`,
  },

  people: {
    tab: (n: number) => `People · ${many(n)}`,
    you: "you",
    away: "away",
    role: { owner: "Owner", dj: "DJ", listener: "Listener" } satisfies Record<Role, string>,
    makeDj: "Make DJ",
    unmakeDj: "Take back",
    makeDjOf: (name: string) => `Make ${name} a DJ`,
    unmakeDjOf: (name: string) => `${name} is a DJ. Take it back`,
    more: (n: number) => `and ${many(n)} more`,
    alone: "Only you so far.",
    absent: "not here now",
  },

  rooms: {
    title: "Rooms",
    playing: (n: number) => (n === 0 ? "all quiet" : `${n} playing now`),
    search: "Room, host or track",
    none: "No room by that name. Open one.",
    empty: "There is no room yet. Open the first one.",
    quiet: "Quiet. Bring a song",
    open: "Open a room",
    go: (name: string) => `Step into ${name}`,
    step: "Step in",
    stepInto: (name: string) => `Step into ${name}`,
    doorHint: (name: string) => `${name}: press Space to step in`,
    votes: "Votes decide",
    djs: "DJs take turns",
    listening: (n: number) => `${many(n)} listening`,
    full: "Full",
    higher: "More rooms",
    lower: "Fewer rooms",
  },

  list: {
    label: "The park as lists",
    show: "Show the park as lists",
    leave: "Show the park",
    noScene: "This browser cannot draw the park. Everything in it is here.",
    here: "Where you stand",
    rows: {
      front: "You stand at the front, by the stage.",
      middle: "You stand in the middle of the floor.",
      back: "You stand at the back.",
      gate: "You stand at the gate.",
    },
    walkTo: { front: "To the front", middle: "To the middle", back: "To the back", gate: "To the gate" },
    onStage: "Your track plays: you stand on stage.",
    atDoor: (name: string) => `You stand at the door of ${name}.`,
    fountain: "You stand by the fountain.",
    lawn: "You stand on the lawn.",
    walking: "You are walking.",
    dance: "Dance",
    still: "Stand still",
    places: "Places",
    walkToPlace: (name: string) => `Walk to ${name}`,
    walk: "Walk there",
    toFountain: "To the fountain",
    people: (n: number) => (n === 1 ? "1 person here" : `${many(n)} people here`),
    standBy: (name: string) => `Stand by ${name}`,
    stand: "Stand by",
    dances: "dances",
    walks: "walks",
    listens: "listens",
    onStageNow: "on stage",
    all: (n: number) => `Show all ${many(n)}`,
    alone: "Nobody else is here yet.",
    reacted: (name: string) => `sends ${name}`,
  },

  account: {
    logIn: "Log in",
    register: "Register",
    logInTitle: "Welcome back",
    registerTitle: "Keep this name and look",
    registerWhy: "Your name, your look and your tracks stay yours, on every device.",
    loginName: "Log-in name",
    password: "Password",
    passwordHint: "8 characters or more",
    shortName: "A log-in name has at least 3 characters.",
    needsPassword: "Type your password.",
    short: "A password has at least 8 characters.",
    toRegister: "New here? Register",
    toLogIn: "Have an account? Log in",
    logOut: "Log out",
    wrong: "Name and password do not match.",
    as: (login: string) => `Logged in as ${login}`,
    guest: "You are a guest. This browser remembers you.",
    keep: "Keep this name and look",
    failed: "That did not go through. Try again in a moment.",
  },

  profile: {
    title: "You",
    name: "Name",
    dice: "Roll the dice",
    undo: "Undo",
    redo: "Redo",
    noUndo: "Nothing to undo yet",
    noRedo: "Nothing to redo",
    save: "Save",
    saved: "Saved. Everybody sees it at once.",
    nothing: "Saved as it is",
    discard: "Leave it as it was",
    needsName: "A name has at least one character.",
    notSeen: (field: string) => `${field}, not seen with this look`,
    groups: { head: "Head", clothes: "Clothes", hat: "On the head", build: "Build and dance" },
    of: {
      kind: "Who",
      skin: "Skin",
      hair: "Hair",
      hairColour: "Hair colour",
      top: "Top",
      pattern: "Pattern",
      topSecond: "Second colour",
      legs: "Legs",
      hat: "Hat",
      hatColour: "Hat colour",
      wide: "Width",
      tall: "Height",
      dance: "Dance",
    } satisfies Record<(typeof FIELDS)[number]["name"], string>,
    kinds: ["Person", "Cat", "Bear", "Bunny", "Fox", "Frog"],
    hairs: ["Short", "Bob", "Long", "Buns", "Afro", "Curls", "Quiff", "Braid", "Bald", "Scarf"],
    patterns: ["Plain", "Stripes", "Dots", "Dungarees", "Band", "Zip"],
    hats: ["None", "Cap", "Beanie", "Bucket hat", "Headphones", "Flower"],
    dances: ["Arms up", "Sway", "Nod", "Hop"],
    choice: (field: string, i: number) => `${field} ${i + 1}`,
  },

  personal: {
    title: "Settings",
    why: "For this browser, on this device.",
    theme: "Theme",
    themes: { auto: "System", dark: "Dark", light: "Light" },
    calm: "Calm",
    calmWhy: "No beams, rings or bobbing. Without it the system’s setting for motion decides.",
    letters: "Letters as keys",
    lettersWhy: "M mutes, Q shows the queue, while the park has focus.",
    list: "Lists in place of the park",
    listWhy: "Rooms, doors and people as text.",
    volume: "Volume",
    delay: "Sound delay",
    delayWhy:
      "If your headphones lag behind the others, move it right until you are together. Bluetooth is often 150 to 250 ms.",
    ms: (ms: number) => `${ms > 0 ? "+" : ms < 0 ? "−" : ""}${Math.abs(ms)} ms`,
    noDelay: "Back to 0",
  },

  share: {
    title: "Invite people",
    why: "Whoever opens this link hears the same bar as you.",
    link: "Link",
    copy: "Copy link",
    copied: "Copied",
    withSystem: "Share with an app",
    code: "Or let somebody nearby take a picture of this",
    codeOf: (link: string) => `Code for cameras: ${link}`,
    text: (room: string, host: string, playing: string | null) =>
      playing ? `${room} · ${host} · now: ${playing}` : `${room} · ${host}`,
    byHand: "Select the link and copy it.",
  },

  make: {
    title: "Open a room",
    name: "Name",
    placeholder: "Kitchen radio",
    mode: "Who puts on tracks",
    modes: {
      open: { name: "Everyone", why: "Anybody adds, votes decide the order." },
      rotation: { name: "DJs in turn", why: "You appoint DJs, they take turns." },
    } satisfies Record<QueueMode, { name: string; why: string }>,
    hue: "Light",
    hues: {
      coral: "Coral",
      amber: "Amber",
      lime: "Lime",
      mint: "Mint",
      sky: "Sky",
      iris: "Iris",
      orchid: "Orchid",
      rose: "Rose",
    } satisfies Record<Hue, string>,
    open: "Open it and step in",
    needsName: "Give it a name first.",
    wait: "Opening",
  },

  settings: {
    title: "Room settings",
    about: "About, in a sentence",
    mix: "Play the park’s own mix while nothing is queued",
    capacity: "How many fit in",
    capacityHint: "Empty: as many as come. You and your DJs always get in.",
    capacityWrong: (least: number, most: number) => `A number from ${least} to ${many(most)}, or nothing.`,
    save: "Save",
    saved: "Saved. The room changes for everybody.",
  },

  library: {
    title: "Add a track",
    search: "Title or artist",
    add: "Add",
    addOf: (title: string) => `Add ${title}`,
    added: (title: string) => `${title} is in the queue.`,
    adding: "Adding",
    empty: "Nothing by that name. Try part of a title or an artist.",
    none: "Nothing here yet.",
    failed: "The library did not answer. Close and open this again.",
    moods: { slow: "slow", warm: "warm", driving: "driving" } as Record<string, string>,
  },

  banner: {
    lost: "Connection lost. Back in a moment, your place is kept.",
    tryNow: "Try now",
    trying: (seconds: number) => `Still trying. Next try in ${seconds} s.`,
    back: (missed: number) =>
      missed === 0
        ? "You are back."
        : missed === 1
          ? "You are back. 1 message came meanwhile."
          : `You are back. ${missed} messages came meanwhile.`,
    slow: "This takes a moment longer. Your click is kept.",
    renewed: "The park was renewed.",
    reload: "Reload",
    keepPlace: "You keep your place.",
    walking: (room: string) => `Walking over to ${room}`,
    full: (room: string, place: number) => `${room} is full. You are ${nth(place)} in line, we walk you in.`,
    leaveLine: "Leave the line",
    cannotPlay: (again: string) =>
      `Your browser could not play this track. You are back with the next one, in ${again}.`,
  },

  hint: {
    love: "Love it? Press 1",
    loveTouch: "Tap the heart",
    walk: "Walk with the arrows",
    walkTouch: "Tap where you want to go",
    add: "Know a track for this? Add it",
    keep: "Keep this name and look",
    fine: "Fine",
  },

  missing: {
    page: "There is nothing at this address. These are playing now:",
    room: "There is no room here. These are playing now:",
    none: "There is no room here.",
  },

  keys: {
    title: "Keys",
    list: [
      ["Arrows, W A S D", "Walk"],
      ["1 to 6", "React"],
      ["Enter", "Chat"],
      ["Esc", "Back to the park"],
      ["Space", "Dance, or step in at a door"],
      ["M", "Mute"],
      ["- and =", "Volume"],
      ["Q", "Queue"],
      ["R", "Rooms"],
      ["L", "The park as lists"],
      ["?", "This list"],
    ],
    letters: "Letters act while the scene has focus",
  },

  scene: {
    label: "The park. Walk with the arrow keys.",
    times: (n: number) => `×${n}`,
  },

  say: {
    plays: (title: string, artist: string) => `Now: ${title} by ${artist}.`,
    yourTurn: (title: string) => `Your track ${title} plays now.`,
    mention: (name: string) => `${name} named you in the chat.`,
  },

  close: "Close",
  wait: "One moment",
  offline: "The park is out of reach right now. What you typed stays here.",
  pageTitle: {
    track: (title: string, artist: string, room: string) => `${title} · ${artist} — ${room}`,
    room: (room: string) => `${room} — Music Park`,
  },
};
