// What every client says to the reference project, and how it reports what came back.
export const base = process.argv[2].replace(/\/$/, "");
export const session = `${process.argv[3]}-${crypto.randomUUID()}`;
export const KNOWLEDGE = "How long can I return something?";
export const LOOK_UP = "My order A-20525 (postcode 8004): has it been shipped?";
export const OTHER_AGENT = "I am looking for a present for my mother, 50 francs at most";
export const HUMAN = "I want to talk to a human";
export const TOO_LONG = "x".repeat(4001);

export function report(found) {
  process.stdout.write(JSON.stringify(found));
}
