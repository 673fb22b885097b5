// What the dashboard does besides htmx, as one file.

import "./settings.js";
import "./tabs.js";
import "./waiting.js";
import "./live.js";
import "./filters.js";
import "./panel.js";
import "./alerts.js";
