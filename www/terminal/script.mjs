// What is said, by whom. The lines answer each other whoever says them, so that they suit any number of participants.

export const NAMES = ["ada", "ben", "cleo", "dan", "eva", "finn", "gus", "hana"];

const DIALOGUE = [
  "Did anyone see where the balloon came down?",
  "Last position I have is north of the reservoir.",
  "Mine is later: over the old quarry, 900 m and falling.",
  "Wind there was westerly, so look east of the quarry.",
  "That is all forest. Does the beeper still work?",
  "It should. The battery is good for six hours.",
  "Then we have until four. Who is driving?",
  "I am. Two seats left in my car.",
  "Take me, I have the receiver and the long antenna.",
  "And me. I know the forest road.",
  "The forest road is closed since the storm, I think.",
  "Only the upper half. We can walk from the bridge.",
  "Meet at the bridge at eleven, then?",
  "Eleven is fine. Bring boots, it rained all night.",
  "There is no coverage past the bridge, by the way.",
  "No matter: the radios pass it on when they can.",
  "Slowly, and half of it gets lost.",
  "It comes again until we have it. That is the point.",
  "At the bridge. I hear the beeper, very faint.",
  "Which direction?",
  "East-north-east, stronger when I lift the antenna.",
  "Uphill, then. Two of us take the ridge.",
  "The others take the stream and we compare bearings.",
  "Good. Call out a bearing every ten minutes.",
  "Ridge: 74 degrees, clear signal.",
  "Stream: 31 degrees, weak, echoes from the rocks.",
  "The lines cross near the second clearing.",
  "I marked it: grid 4417. Do you all agree?",
  "4417 it is. We come down from the ridge.",
  "Careful, the slope is loose there.",
  "Seen. We go round by the fence.",
  "I see something orange in a tree!",
  "The parachute is orange.",
  "It is the parachute. The box hangs six metres up.",
  "Who climbs best?",
  "Not me. I brought a rope and a throwing weight.",
  "Third throw, the line is over the branch.",
  "Pull slowly, the camera is on the underside.",
  "It is down. One corner dented, the seal held.",
  "Is the recorder still running?",
  "Green light is on. It recorded the whole fall.",
  "Wonderful! What does it say for the top?",
  "31,240 metres. Minus 52 degrees outside.",
  "That is our record by two kilometres.",
  "Photograph it as it lies, then pack it.",
  "Done. Soup at my place, for everyone.",
  "We are at the bridge again in half an hour.",
  "Good work. Write down what we change next time.",
];

/** The whole conversation: the participants in turn, each line an answer to the one before it. */
export function conversation(names, linesEach) {
  return Array.from({ length: names.length * linesEach }, (_, index) => {
    const speaker = names[index % names.length];
    const text = DIALOGUE[index % DIALOGUE.length];
    // A message's id must be unique in its channel: the speaker's name keeps them apart without any agreement.
    return { id: `${speaker}-${1 + Math.floor(index / names.length)}`, speaker, text };
  });
}
