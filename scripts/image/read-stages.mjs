import { DockerfileParser } from 'dockerfile-ast';

/** Say something to the engine only; there is nothing to perform. */
const TOLD_TO_THE_ENGINE = ['LABEL', 'EXPOSE', 'VOLUME', 'STOPSIGNAL', 'HEALTHCHECK', 'CMD'];

/**
 * The stages of a Dockerfile, each `{ image, name, steps, told }`, `image` being the name of an earlier
 * stage where it goes on from there. Refuses what this rehearsal cannot
 * perform, so that a Dockerfile that grows beyond it is noticed.
 */
export function readStages(text, buildArguments = {}) {
  const stages = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const keyword = instruction.getKeyword();
    if (keyword === 'FROM') stages.push(openStage(instruction));
    const stage = stages.at(-1);
    if (!stage || keyword === 'FROM') continue;
    if (TOLD_TO_THE_ENGINE.includes(keyword)) stage.told[keyword] = jsonIn(instruction);
    else stage.steps.push(stepOf(keyword, instruction, buildArguments));
  }
  return stages;
}

function openStage(instruction) {
  const [image, , name] = words(instruction);
  return { image, name, steps: [], told: {} };
}

function stepOf(keyword, instruction, buildArguments) {
  switch (keyword) {
    case 'ARG':
    case 'ENV': {
      const given = instruction.getProperties().map((each) => [each.getName(), each.getValue()]);
      const named = ([name, value]) => [
        name,
        (keyword === 'ARG' && buildArguments[name]) || (value ?? ''),
      ];
      return { keyword: 'ENV', environment: Object.fromEntries(given.map(named)) };
    }
    case 'WORKDIR':
    case 'USER':
      return { keyword, value: words(instruction)[0] };
    case 'COPY': {
      const from = flagsOf(instruction).find(({ name }) => name === 'from')?.value;
      const paths = words(instruction);
      if (paths.some((path) => /[*?[]/.test(path))) throw new Error('COPY with a pattern');
      return { keyword, from, sources: paths.slice(0, -1), target: paths.at(-1) };
    }
    case 'RUN': {
      const mounts = flagsOf(instruction).map(({ value }) =>
        Object.fromEntries(value.split(',').map((part) => part.split('='))),
      );
      return { keyword, command: instruction.getArgumentsContent(), mounts };
    }
    default:
      throw new Error(`${keyword} cannot be rehearsed`);
  }
}

function flagsOf(instruction) {
  return instruction
    .getFlags()
    .map((flag) => ({ name: flag.getName(), value: flag.getValue() ?? '' }));
}

function words(instruction) {
  return instruction.getExpandedArguments().map((argument) => argument.getValue());
}

/** The exec form: what is between the brackets. */
function jsonIn(instruction) {
  const [list] = /\[.*\]/s.exec(instruction.getArgumentsContent()) ?? [];
  return list === undefined ? undefined : JSON.parse(list);
}
