//! Guest names: an adjective and an animal, 64 by 64.

export const ADJECTIVES: readonly string[] =
  "Amber Azure Bold Brass Brave Bright Brisk Calm Cedar Clever Coral Copper Cosy Crisp Dapper Dawn Deft Dusky Early Easy Ember Fair Fern Gentle Gilded Glad Golden Green Hazel Honey Humble Indigo Ivory Jade Jolly Keen Kind Lively Lucky Lunar Maple Mellow Merry Misty Modest Mossy Noble Olive Opal Pale Quick Quiet Rosy Ruby Rustic Silver Slow Soft Sunny Swift Tender Velvet Warm Wild".split(
    " ",
  );
export const ANIMALS: readonly string[] =
  "Badger Bat Bear Beaver Bee Bison Boar Cat Crane Cricket Crow Deer Dove Duck Eagle Egret Falcon Ferret Finch Fox Frog Gecko Goose Hare Hawk Hedgehog Heron Ibis Jackdaw Jay Kestrel Koala Lark Lemur Linnet Lynx Magpie Marten Mole Moose Moth Mouse Newt Otter Owl Panda Pika Plover Puffin Quail Rabbit Raven Robin Seal Sparrow Stoat Stork Swan Swift Tapir Toad Trout Vole Wren".split(
    " ",
  );

/** The name that a seed gives, such as "Amber Heron". */
export function guestName(seed: number): string {
  const s = Math.abs(Math.trunc(seed));
  return `${ADJECTIVES[s % 64]} ${ANIMALS[Math.floor(s / 64) % 64]}`;
}
