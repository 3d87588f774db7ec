import { expect, test } from "bun:test";
import { printable, quoted } from "../../../server/pva/text/printable.ts";

test("controls, terminal codes and line ends are escaped", () => {
  expect(printable("a\nb\tc\u001b[2J\u009b1m\u007f\u0000")).toBe("a\\nb\\tc\\u{1b}[2J\\u{9b}1m\\u{7f}\\u{0}");
});

test("characters that turn the direction of writing or do not show are escaped", () => {
  expect(printable("\u202egpj.exe\u2066\u200b\u2028\ufeff")).toBe(
    "\\u{202e}gpj.exe\\u{2066}\\u{200b}\\u{2028}\\u{feff}",
  );
});

test("half a surrogate pair is escaped, a whole one stays", () => {
  expect(printable("\ud83d \ud83d\ude00")).toBe("\\u{d83d} 😀");
});

test("letters of all scripts and units stay as they are", () => {
  expect(printable("µm Å 摄像机 שלום")).toBe("µm Å 摄像机 שלום");
});

test("a quoted string shows where it ends", () => {
  expect(quoted('say "no" \\ \n')).toBe('"say \\"no\\" \\\\ \\n"');
});
