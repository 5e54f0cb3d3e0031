// @ts-check
// Probabilities → an answer: calibration, and the decision to abstain; as recognising/decide.py, which says why.

/**
 * @typedef {"not a digit" | "unsure"} Reason
 *
 * @typedef {object} Answer
 * @property {number | null} label  0 to 9, or null where the reader abstains
 * @property {number} best          the most probable digit, whatever the confidence
 * @property {number} confidence    the probability that it is a digit, and `best`
 * @property {number} notDigit      the probability that it is no digit; 0 from networks that know only digits
 * @property {number[]} probabilities  of each digit, given that it is one; they sum to 1
 * @property {Reason | null} reason  why there is no label
 */

/**
 * Return softmax(log p / temperature).
 * @param {ArrayLike<number>} probabilities @param {number} temperature
 * @returns {number[]}
 */
function calibrate(probabilities, temperature) {
  const raw = Array.from(probabilities);
  if (temperature === 1) return raw;
  const logits = raw.map((p) => Math.log(Math.max(p, 1e-30)) / temperature);
  const most = Math.max(...logits);
  const odds = logits.map((logit) => Math.exp(logit - most));
  const sum = odds.reduce((total, odd) => total + odd, 0);
  return odds.map((odd) => odd / sum);
}

/**
 * Return the answer that a network's own softmax of 10 or 11 classes amounts to; below `threshold` it abstains.
 * @param {ArrayLike<number>} raw @param {number} temperature @param {number} threshold
 * @returns {Answer}
 */
export function decide(raw, temperature, threshold) {
  const calibrated = calibrate(raw, temperature);
  const digits = calibrated.slice(0, 10);
  const notDigit = calibrated[10] ?? 0;
  const confidence = Math.max(...digits);
  const best = digits.indexOf(confidence);
  const total = calibrated.length > 10 ? Math.max(digits.reduce((sum, p) => sum + p, 0), 1e-30) : 1;
  const probabilities = digits.map((p) => p / total);
  if (confidence >= threshold) return { label: best, best, confidence, notDigit, probabilities, reason: null };
  const reason = notDigit > confidence ? "not a digit" : "unsure";
  return { label: null, best, confidence, notDigit, probabilities, reason };
}
