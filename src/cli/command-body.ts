import type { CommandModule } from 'yargs';

/** A command's options and what it does; its name stands in commands.ts. */
export type CommandBody<Options> = Required<Pick<CommandModule<object, Options>, 'builder' | 'handler'>>;
