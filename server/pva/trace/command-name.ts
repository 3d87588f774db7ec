import { Command, ControlCommand } from "../wire/commands.ts";
import type { MessageHeader } from "../wire/header.ts";

const APPLICATION = namesOf(Command);
const CONTROL = namesOf(ControlCommand);

/** The protocol's name of a header's command, `MONITOR` or `control ECHO_REQUEST`; its number where it has none. */
export function commandName({ control, command }: Pick<MessageHeader, "control" | "command">): string {
  const name = (control ? CONTROL : APPLICATION).get(command) ?? `command ${command}`;
  return control ? `control ${name}` : name;
}

function namesOf(numbers: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(numbers).map(([name, number]) => [number, name]));
}
