// Shows the API's description in the vendored Swagger UI.
SwaggerUIBundle({
  url: document.getElementById("browser").dataset.description,
  dom_id: "#browser",
  deepLinking: true,
  presets: [SwaggerUIBundle.presets.apis],
});
