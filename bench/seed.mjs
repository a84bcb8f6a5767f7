// `seed.mjs FILE`: writes 1,000 courses for `stoa import`, each of 12 sections x 8 lessons with 10 reviews. The same
// every time.
import { writeFile } from 'node:fs/promises';

// Mulberry32: enough to look random, and the same on every machine.
let state = 20240601;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const between = (low, high) => low + Math.floor(random() * (high - low + 1));
const pick = (list) => list[between(0, list.length - 1)];
const times = (count, make) => Array.from({ length: count }, (_, index) => make(index + 1));

const vocabulary =
  'balance bridge build circle compare compose describe design discover draw estimate explain explore garden harbour history ' +
  'language lesson listen market measure model mountain music number observe orbit paper pattern planet practise question ' +
  'river rhythm sentence shadow signal simple sketch solve story structure theory thread translate valley voice water weather write';
const words = vocabulary.split(' ');
const given = 'Ada Alan Annie Chien Emmy Grace Hedy Katherine Lise Mary Nikola Rosalind Sofia Srinivasa'.split(' ');
const family = 'Curie Franklin Goeppert Hamilton Hopper Kovalevsky Lamarr Lovelace Meitner Noether Ramanujan Turing'.split(' ');

const phrase = (low, high) => {
  const text = times(between(low, high), () => pick(words)).join(' ');
  return text[0].toUpperCase() + text.slice(1);
};
const sentence = () => `${phrase(8, 16)}.`;
const paragraph = (sentences) => times(sentences, sentence).join(' ');
const name = () => `${pick(given)} ${pick(family)}`;
const date = () => `2025-${String(between(1, 12)).padStart(2, '0')}-${String(between(1, 28)).padStart(2, '0')}`;

let section = 0;
let lesson = 0;
let review = 0;
const courses = times(1000, (id) => ({
  id,
  slug: `course-${id}`,
  title: phrase(3, 6),
  subtitle: sentence(),
  description: times(3, () => paragraph(5)).join('\n'),
  instructor: name(),
  price_cents: between(9, 199) * 100,
  rating: between(35, 50) / 10,
  ratings: between(10, 9000),
  students: between(20, 90000),
  level: pick(['Beginner', 'Intermediate', 'Advanced']),
  updated: date(),
  sections: times(12, (position) => ({
    id: ++section,
    title: phrase(2, 5),
    lessons: times(8, (at) => ({
      id: ++lesson,
      title: phrase(3, 7),
      seconds: between(60, 1500),
      preview: position === 1 && at === 1 ? 1 : 0,
    })),
  })),
  reviews: times(10, () => ({ id: ++review, author: name(), stars: between(3, 5), body: paragraph(3), created: date() })),
}));

await writeFile(process.argv[2], JSON.stringify(courses));
