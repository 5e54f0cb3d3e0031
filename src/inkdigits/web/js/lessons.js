// @ts-check
// What each layer does, and why: the words beside it.

/** @typedef {{ title: string, paragraphs: string[] }} Lesson */

/** @type {Record<string, Lesson>} */
export const LESSONS = {
  input: {
    title: "1. The picture",
    paragraphs: [
      "28 rows of 28 numbers, from 0 for bare paper to 1 for full ink. Whatever you drew was cut out, shrunk and centred first, as the digits were that the network has learned from.",
      "From here on there is nothing but numbers: times, plus, and which is larger.",
    ],
  },
  conv1: {
    title: "2. Convolution: 32 filters look for strokes",
    paragraphs: [
      "A filter is a small square of weights, 5×5, here blue where it wants ink and orange where it wants none. It slides over the picture; at each place the ink is multiplied with the weights and added up. A high sum says: here is what I look for.",
      "The same filter serves every place, so a stroke is found wherever it is. The filters were not designed; training found them. ReLU then keeps what is positive and makes the rest 0: it tells only what was found.",
    ],
  },
  pool1: {
    title: "3. Pooling: what counts is that it is there",
    paragraphs: [
      "Of each square of 2×2 the largest value is kept. The map becomes a quarter of its size, and a stroke may lie a pixel further left without anything changing.",
      "No weights here, nothing is learned: it is the same maximum everywhere.",
    ],
  },
  conv2: {
    title: "4. Convolution: 64 filters put strokes together",
    paragraphs: [
      "Each of these filters looks at all 32 maps at once, 3×3 of each: 288 numbers. So it can ask for a combination: a bar above, a curve at its right, nothing below. Corners, ends and bends come out of that.",
      "The sum has a part for each map below it. Those that count most are written out, the others are one number.",
    ],
  },
  pool2: {
    title: "5. Pooling, once more",
    paragraphs: [
      "64 maps of 5×5 are left. Each cell stands for a large part of the picture by now, and says how much of one form is there.",
    ],
  },
  dense1: {
    title: "6. Dense layer: 128 neurons weigh everything",
    paragraphs: [
      "The 64 maps are laid out in one row of 1,600 numbers. Each neuron has a weight for every one of them: this part there speaks for me, that one against. 1,600 products and a bias are one number, and ReLU follows.",
      "The three pictures show the 64 maps, the weights that this neuron gives them, and the products: blue pushes it up, orange down.",
    ],
  },
  dense2: {
    title: "7. Dense layer: a score for each digit",
    paragraphs: [
      "The last layer does the same with the 128 neurons, once for each digit. The highest score wins already; but scores are no probabilities: they can be negative, and do not add up to anything.",
    ],
  },
  softmax: {
    title: "8. Softmax: scores become probabilities",
    paragraphs: [
      "e to the power of each score is positive; divided by the sum of all ten, they add up to 1. A score that is 3 higher is 20 times as probable.",
      "This network knows only digits: shown a letter, it must still spread its certainty over ten of them. The one that answers drawings on the first tab has learned what is no digit as well.",
    ],
  },
};
