// One measurement in a process of its own: told what by its argument, it prints one line of JSON.

import { measure } from "../cases/index.js";

const { file, subject } = JSON.parse(process.argv[2]);
console.log(JSON.stringify(await measure(file, subject)));
