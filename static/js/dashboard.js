// The dashboard's own scripts, bundled into one file.

import "./configuration/unsaved.js";
import "./dashboard/tabs.js";
import "./dashboard/loading.js";
import "./eventlog/live.js";
import "./eventlog/filters.js";
import "./eventlog/panel.js";
import "./eventlog/export.js";
import "./eventlog/printing.js";
import "./dashboard/minutely.js";
import "./dashboard/required.js";
