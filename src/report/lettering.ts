import { clip } from './text.js';

/** What can be written: a letter is five rows of three pixels, the leftmost of a row worth 4. */
const GLYPHS = `A25755 B65656 C34443 D65556 E74647 F74644 G34553 H55755 I72227 J11152 K55655 L44447 M57755 N65555 O25552 P65644 Q25573
R65655 S34216 T72222 U55557 V55552 W55775 X55255 Y55222 Z71247 075557 126227 271747 371317 455711 574717 674757 771122 875757 975717
-00700 ,00024 .00002 :02020 ;02024 '22000 ’22000 "55000 “55000 ”55000 /11244 &25253 (12221 )42224 +02720 _00007 …00005`;
const LETTERS = new Map<string, string>([
  [' ', '00000'],
  ...GLYPHS.split(/\s/).map((glyph) => [glyph[0], glyph.slice(1)] as const),
]);
/** In place of what cannot. */
const UNKNOWN = '77777';
const [WIDE, HIGH] = [4, 5];

/** How high a line is, and how wide so many letters, in pixels of a `scale`. */
export const lineHeight = (scale: number): number => HIGH * scale;
export const lineWidth = (letters: number, scale: number): number => WIDE * letters * scale;

/** A text in capitals, accents aside, cut to what fits: which of width × lineHeight pixels are ink. */
export function lettering(text: string, width: number, scale: number): Uint8Array {
  const ink = new Uint8Array(width * lineHeight(scale));
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase();
  const letters = [...clip(plain, Math.floor(width / lineWidth(1, scale)))];
  letters.forEach((letter, k) => {
    const rows = LETTERS.get(letter) ?? UNKNOWN;
    for (let y = 0; y < HIGH * scale; y++)
      for (let x = 0; x < (WIDE - 1) * scale; x++) {
        const bit = 4 >> Math.floor(x / scale);
        if (Number(rows[Math.floor(y / scale)]) & bit) ink[y * width + k * WIDE * scale + x] = 1;
      }
  });
  return ink;
}
