/** What people say to each other: patterns whose {words} are filled in, and answers to some of them. */

export const WORDS = {
  thing: ["the ladder", "the blue tent", "a spare key", "the map", "the drill", "the big kettle", "a torch", "the radio"],
  place: ["the pier", "the old mill", "the station", "the library", "the bridge", "the north gate", "the kiosk"],
  time: ["at six", "at noon", "after lunch", "tonight", "tomorrow", "in ten minutes", "at half past four", "on Friday"],
  food: ["soup", "pancakes", "dumplings", "lentils", "pizza", "rhubarb cake", "sandwiches"],
};

/** A question, and what may be answered to it. */
export const QUESTIONS = [
  ["Who has {thing}?", ["I do", "Not me", "It was in the shed", "I can bring it {time}", "Ask Hugo"]],
  ["Shall we meet at {place} {time}?", ["Yes, see you there", "Can we make it {time}?", "I'd rather go home", "Works for me"]],
  ["Anyone for {food} {time}?", ["Me!", "Save me some", "Had that yesterday", "Only if there's coffee", "Always"]],
  ["Is {place} still open?", ["I just passed by, yes", "Closed since Monday", "Until eight I think", "No idea"]],
  ["Did you see the lights over {place}?", ["Yes! What was that?", "I was asleep", "Fireworks, I'd say", "Only the end of it"]],
  ["Who is cooking {time}?", ["My turn", "I could make {food}", "Let's order {food}", "You, as agreed"]],
  ["Can somebody pick me up at {place}?", ["On my way", "I'll be there {time}", "No car today", "The bus is faster"]],
  ["Has it stopped raining at {place}?", ["Almost", "It never started here", "Bring an umbrella", "Sun's out"]],
];

export const LINES = [
  "I left {thing} at {place}",
  "Running late, back {time}",
  "There's {food} left in the kitchen",
  "The bus to {place} is full again",
  "Found {thing} behind the door",
  "Meeting moved, it's {time} now",
  "Somebody ate my {food}",
  "Good morning from {place}",
  "The cat is sitting on {thing}",
  "Remember: {place}, {time}",
  "I'm buying {food}, shout if you want some",
  "No signal at {place}, try again {time}",
  "{thing} is broken, I'll fix it {time}",
  "New neighbours near {place}, they seem nice",
  "Train was on time for once",
  "Phone's at 4 %, talk {time}",
  "The band plays at {place} {time}",
  "I'll take the night shift",
  "Made too much {food}, come over {time}",
  "Wind's picking up at {place}",
];

/** To anything that isn't a question. */
export const REMARKS = [
  "Thanks, {name}",
  "Good to know",
  "{name}, really?",
  "Ha!",
  "Same here",
  "Noted",
  "I'll tell the others",
  "Nice one, {name}",
];
