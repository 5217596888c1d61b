import { backupCommand } from './backup.ts';
import { checkCommand } from './check.ts';
import type { Command } from './command.ts';
import { configCommand } from './config-command.ts';
import { deleteCommand } from './delete.ts';
import { historyCommand } from './history-command.ts';
import { hostCommands } from './host/commands.ts';
import { restoreCommand } from './restore.ts';
import { serveCommand } from './serve.ts';
import { tokenCommands } from './token/commands.ts';
import { updateCommand } from './update.ts';
import { zoneExportCommand } from './zone/export.ts';
import { zoneImportCommand } from './zone/import.ts';
import { zoneListCommand } from './zone/list.ts';
import { zoneShowCommand } from './zone/show.ts';

/** Every command of the program, in the order of `--help`. */
export const commands: readonly Command[] = [
  serveCommand,
  checkCommand,
  configCommand,
  updateCommand,
  deleteCommand,
  ...tokenCommands,
  ...hostCommands,
  historyCommand,
  zoneListCommand,
  zoneShowCommand,
  zoneExportCommand,
  zoneImportCommand,
  backupCommand,
  restoreCommand,
];
