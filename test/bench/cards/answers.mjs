// Answers of about 2,000 tokens in everything that markdown can dress a text up with.

const WORDS =
  'the picture shows a market stall with wooden crates where apples pears and plums lie in rows under a striped awning while two people talk beside a scale and a dog sleeps near the wheel of a bicycle that leans against the wall'.split(
    ' ',
  );

/** Two in three words or so are a token of their own. */
const TARGET_WORDS = 1350;

/** The same number gives the same answer, whatever was made before. */
function randomFrom(seed) {
  let state = seed * 2654435761 + 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** @param {number} seed */
export function longAnswer(seed) {
  const random = randomFrom(seed);
  const word = () => WORDS[Math.floor(random() * WORDS.length)];
  const words = (count) => Array.from({ length: count }, word).join(' ');
  const sections = [
    () => `## ${words(4)}\n\n${words(60)}. **${words(3)}** ${words(40)}, as \`${word()}\` says.`,
    () => Array.from({ length: 6 }, () => `- ${words(9)}\n  1. ${words(6)}`).join('\n'),
    () =>
      `| item | count | price |\n| :--- | ---: | :-: |\n${Array.from({ length: 6 }, () => `| ${words(2)} | ${Math.floor(random() * 90)} | ${word()} |`).join('\n')}`,
    () =>
      `\`\`\`python\ndef ${word()}(${word()}):\n    total = 0\n    for n in range(${Math.floor(random() * 50)}):\n        total += n * ${Math.floor(random() * 9)}  # ${words(5)}\n    return total\n\`\`\``,
    () =>
      `The sum $\\sum_{i=1}^{n} x_i^2 \\le \\frac{${Math.floor(random() * 9)}}{n}$ gives\n\n$$\n\\int_0^1 e^{-x^2}\\,dx = \\sqrt{\\pi}\\,\\operatorname{erf}(1)/2\n$$`,
    () => `> ${words(30)}`,
  ];
  const parts = [`# ${words(5)}`];
  for (let count = 0; count < TARGET_WORDS;) {
    const part = sections[Math.floor(random() * sections.length)]();
    parts.push(part);
    count += part.split(/\s+/).length;
  }
  return parts.join('\n\n');
}
