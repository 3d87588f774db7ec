import type { StructureValue } from "../../server/pva/index.ts";

/** What these words mean to the field value of the PV's present type. Throws where they mean nothing. */
export function wantedValue(
  now: StructureValue,
  words: readonly string[],
): string | number | boolean | string[] | number[] | { index: number } {
  const type = now.type.members[now.type.indexOf.get("value") ?? -1]?.type;
  const [word = ""] = words;
  if (type?.kind === "structure") {
    const choices = now.field("value.choices");
    const index = Array.isArray(choices) ? (choices as readonly unknown[]).indexOf(word) : -1;
    return { index: index >= 0 ? index : numberOf(word) };
  }
  if (type?.kind === "scalar-array") return type.scalar === "string" ? [...words] : words.map(numberOf);
  if (type?.kind !== "scalar") throw new Error("its field value cannot be written from words");
  if (words.length > 1) throw new Error("one value is wanted");
  if (type.scalar === "string") return word;
  return type.scalar === "boolean" ? /^(true|1)$/i.test(word) : numberOf(word);
}

function numberOf(word: string): number {
  const value = word.trim() === "" ? Number.NaN : Number(word);
  if (Number.isNaN(value)) throw new Error(`"${word}" is not a number`);
  return value;
}
