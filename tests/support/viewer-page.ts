import { join } from "node:path";
import type { PageOptions } from "../../server/http/page.ts";

/** The viewer page as the service is given it. */
export const VIEWER_PAGE: PageOptions = {
  entry: join(import.meta.dir, "../../server/viewer/index.html"),
  embeddedBy: ["*"],
};
