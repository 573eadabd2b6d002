//! What the people, rooms and tracks of the pretended park are called: plainly, at great length, in Arabic, or in Chinese, Japanese and Korean.

export type Writing = "plain" | "long" | "arabic" | "cjk";

/** The names of a case. Lists begin with whom the screens show first. */
export interface Names {
  me: string;
  host: string;
  room: string;
  about: string;
  /** On stage, then whoever is next, then who else writes. */
  people: string[];
  /** Title and artist: what plays, then the queue; the rest of the library keeps its own. */
  tracks: [string, string][];
  said: string[];
}

const PLAIN: Names = {
  me: "Amber Heron",
  host: "Low Tide Records",
  room: "Shell Stage",
  about: "Tidal, first listen",
  people: ["Slow Otter", "Maré", "Brass Finch", "Juno", "Velvet Wren", "Copper Toad", "Pale Marten"],
  tracks: [],
  said: [],
};

/** Names of forty letters, as many as a name may have; a title nobody reads to its end. */
const LONG: Names = {
  me: "Wilhelmina Featherstone-Cholmondeley III",
  host: "The Extraordinarily Long Record Label Co",
  room: "The exceedingly long named listening room by the old boathouse",
  about: "Everything that was ever recorded on a rainy Sunday, played from its beginning to its end",
  people: [
    "Bartholomew Montgomery-Cunninghame Senior",
    "Maximiliana Oppenheimer von Hohenzollern",
    "Donaudampfschifffahrtsgesellschaftskapit",
  ].map((name) => name.slice(0, 40)),
  tracks: [
    [
      "A title that goes on for much longer than anybody would ever care to read on a small screen",
      "The Philharmonic Orchestra of the Upper Eastern Lakes and Adjacent Counties",
    ],
    ["Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft", "Otto Lind"],
  ],
  said: [
    "I have been here since the first track and I can tell you that it only gets better from here, wait for what the choir does after the second bridge",
    "https://example.org/a/very/long/address/without/any/place/to/break/it/anywhere/at/all/which/must/not/widen/the/page",
  ],
};

const ARABIC: Names = {
  me: "مالك الحزين العنبري",
  host: "تسجيلات المد المنخفض",
  room: "مسرح الصدفة على ضفاف البحيرة",
  about: "أمسية هادئة، نسمعها معًا لأول مرة",
  people: ["محمد عبد الرحمن السعيد", "ليلى الفاسي", "نور الدين"],
  tracks: [
    ["موسيقى الحديقة في المساء", "فرقة النيل"],
    ["قوارب من ورق", "سلمى"],
  ],
  said: ["مساء الخير للجميع", "هذه أجمل أغنية سمعتها هذا العام، شكرًا لك"],
};

const CJK: Names = {
  me: "琥珀色のアオサギ",
  host: "干潮レコード株式会社",
  room: "公園の音楽を聴く静かな部屋",
  about: "初めて聴く、潮の満ち引き",
  people: ["ゆっくりカワウソ", "朴智敏", "王小明"],
  tracks: [
    ["灯籠流しの夜に聴きたい長い題名の曲", "水無月 光"],
    ["종이배", "김하늘"],
  ],
  said: ["こんばんは、みなさん", "今晚的音乐真好听，谢谢大家一起来听"],
};

const OF: Record<Writing, Names> = { plain: PLAIN, long: LONG, arabic: ARABIC, cjk: CJK };

/** The names of `writing`; what it does not name keeps its plain name. */
export function namesOf(writing: string | null): Names {
  const names = OF[(writing ?? "plain") as Writing] ?? PLAIN;
  return { ...names, people: PLAIN.people.map((plain, i) => names.people[i] ?? plain) };
}
